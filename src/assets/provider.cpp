#include "provider.hpp"

#include "maps.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::assets {

std::optional<Kind> kind_named(std::string_view name) {
    const auto found = std::ranges::find(kind_names, name);
    if (found == kind_names.end()) return std::nullopt;
    return static_cast<Kind>(found - kind_names.begin());
}

core::Error no_such_asset(std::string_view provider, std::string_view id) {
    return {core::ErrorCode::not_found,
            fmt::format("{} has no asset {}", provider, core::excerpt(id)),
            "search_assets tells the ids"};
}

boost::asio::awaitable<core::Result<std::string>> fetch_picture(Http& http, Site site, Asset asset,
                                                                core::CancelToken cancel) {
    if (asset.preview_url.empty())
        co_return core::Error{core::ErrorCode::not_found, asset.name + " has no picture",
                              "Import it and look with get_viewport_screenshot"};
    HttpRequest request{asset.preview_url, std::move(site), {"Accept: image/png, image/jpeg"}};
    co_return co_await http.get(std::move(request), largest_preview, std::move(cancel));
}

core::Result<std::string> choose_resolution(const ProviderImport& wanted,
                                            const std::vector<std::string>& there) {
    if (wanted.resolution.empty()) return nearest_resolution(wanted.usual_resolution, there);
    if (std::ranges::find(there, wanted.resolution) != there.end()) return wanted.resolution;
    return core::Error{
        core::ErrorCode::invalid,
        fmt::format("{} does not come in the resolution {}", wanted.id, wanted.resolution),
        fmt::format("There are: {}", fmt::join(there, ", "))};
}

core::Result<std::string> choose_format(const std::string& wanted,
                                        const std::vector<std::string>& preferred,
                                        const std::vector<std::string>& there) {
    const auto is_there = [&](const std::string& format) {
        return std::ranges::find(there, format) != there.end();
    };
    if (!wanted.empty()) {
        if (is_there(wanted)) return wanted;
        return core::Error{core::ErrorCode::invalid,
                           fmt::format("it does not come in the format {}", wanted),
                           fmt::format("There are: {}", fmt::join(there, ", "))};
    }
    const auto best = std::ranges::find_if(preferred, is_there);
    if (best != preferred.end()) return *best;
    return core::Error{core::ErrorCode::not_found, "it comes in no format that Blender reads here",
                       "Choose another asset"};
}

}  // namespace blender_mcpd::assets
