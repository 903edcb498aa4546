// Requests to a provider that wants to know whose they are.
#pragma once

#include "http.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/secret.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::assets {

/// GET of that URL with the secret in a header, which begins as `header` says: "Authorization:
/// Token ". It goes to the origin of the URL alone. Error: unavailable, when there is no secret, or
/// one that cannot be used.
[[nodiscard]] core::Result<HttpRequest> keyed_request(const core::Secret& secret,
                                                      std::string_view header, std::string url,
                                                      const Site& site);

}  // namespace blender_mcpd::assets
