#include "model_site.hpp"

#include "document.hpp"

#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

asio::awaitable<core::Result<core::Json>> ModelSite::ask(guard::UrlBuilder builder,
                                                         core::CancelToken cancel) {
    constexpr std::size_t largest_answer = std::size_t{8} << 20;
    auto url = builder.build();
    if (!url) co_return url.error();
    const auto key = core::read_secret(key_);
    if (!key) co_return key.error();
    HttpRequest request{std::move(*url), site_, {std::string(header_) + *key}};
    request.if_refused = fmt::format("Compare {} ({} or {}) with the one that is shown at {}",
                                     key_.name, key_.setting, key_.variable, key_.source);
    const auto text = co_await http_.get(std::move(request), largest_answer, std::move(cancel));
    if (!text) co_return text.error();
    co_return parse_document(*text, name());
}

asio::awaitable<core::Result<core::Json>> ModelSite::find(std::string id,
                                                          core::CancelToken cancel) {
    if (!guard::is_asset_id(id)) co_return no_such_asset(name(), id);
    auto found = co_await ask(model_url(id), std::move(cancel));
    if (!found && found.error().code == core::ErrorCode::not_found)
        co_return no_such_asset(name(), id);
    co_return found;
}

asio::awaitable<core::Result<Asset>> ModelSite::details(std::string id, core::CancelToken cancel) {
    const auto found = co_await find(id, std::move(cancel));
    if (!found) co_return found.error();
    auto asset = read(*found);
    if (!asset) co_return no_such_asset(name(), id);
    co_return std::move(*asset);
}

asio::awaitable<core::Result<std::string>> ModelSite::preview(Asset asset,
                                                              core::CancelToken cancel) {
    return fetch_picture(http_, site_, std::move(asset), std::move(cancel));
}

}  // namespace blender_mcpd::assets
