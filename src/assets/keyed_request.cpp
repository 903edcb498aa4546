#include "keyed_request.hpp"

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::assets {

core::Result<HttpRequest> keyed_request(const core::Secret& secret, std::string_view header,
                                        std::string url, const Site& site) {
    const auto value = core::read_secret(secret);
    if (!value) return value.error();
    HttpRequest request{std::move(url), site, {std::string(header) + *value}};
    request.if_refused = fmt::format("Compare {} ({} or {}) with the one that is shown at {}",
                                     secret.name, secret.setting, secret.variable, secret.source);
    return request;
}

}  // namespace blender_mcpd::assets
