#include "result_page.hpp"

#include "filters.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace blender_mcpd::assets {

std::size_t take_results(const core::Json& results, std::size_t begin, const ProviderSearch& wanted,
                         ReadResult read, Place& place, ProviderPage& page) {
    auto filters = wanted.filters;
    filters.category.clear();
    auto index = begin;
    for (const auto& found : results) {
        if (index++ < place.offset || page.assets.size() == wanted.limit) continue;
        place.offset = index;
        auto asset = read(found);
        if (!asset || !matches(*asset, filters)) continue;
        page.assets.push_back(std::move(*asset));
        page.after.push_back(place);
    }
    return index;
}

}  // namespace blender_mcpd::assets
