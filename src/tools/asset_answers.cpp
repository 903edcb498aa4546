#include "asset_answers.hpp"

#include <cstdint>

namespace blender_mcpd::tools {

core::Result<assets::Assets*> asset_library(const Toolbox& toolbox) {
    if (toolbox.options.assets != nullptr) return toolbox.options.assets;
    return core::Error{core::ErrorCode::unavailable, "there is no library of assets here",
                       "Start blender-mcpd serve or stdio"};
}

assets::SearchFilters filters_of(const core::Json& arguments) {
    assets::SearchFilters filters;
    filters.category = arguments.value("category", "");
    filters.license = assets::license_filter_named(arguments.value("license", "any"))
                          .value_or(assets::LicenseFilter::any);
    if (const auto animated = arguments.find("animated"); animated != arguments.end())
        filters.animated = animated->get<bool>();
    filters.max_faces = arguments.value("max_faces", std::int64_t{0});
    return filters;
}

core::Json to_json(const assets::Asset& asset) {
    constexpr std::size_t most_tags = 8;
    core::Json json{{"provider", asset.provider},
                    {"id", asset.id},
                    {"name", asset.name},
                    {"kind", to_string(asset.kind)},
                    {"license", asset.license.name.empty() ? "unknown" : asset.license.name}};
    if (!asset.authors.empty()) json["authors"] = asset.authors;
    if (!asset.attribution.empty()) json["attribution"] = asset.attribution;
    if (!asset.source_url.empty()) json["source_url"] = asset.source_url;
    if (!asset.resolutions.empty()) json["resolutions"] = asset.resolutions;
    if (asset.size_m > 0) json["size_m"] = asset.size_m;
    if (asset.faces > 0) json["faces"] = asset.faces;
    if (asset.animated) json["animated"] = *asset.animated;
    for (const auto& tag : asset.tags)
        if (json["tags"].size() < most_tags) json["tags"].push_back(tag);
    return json;
}

void add_imported(core::Json& answer, std::string_view imported) {
    auto parsed = core::parse_json(imported);
    if (!parsed || !parsed->is_object()) return;
    for (const auto* member : {"changes", "generation"})
        if (const auto found = parsed->find(member); found != parsed->end()) {
            answer[member] = *found;
            parsed->erase(member);
        }
    parsed->erase("provenance");
    answer["imported"] = std::move(*parsed);
}

}  // namespace blender_mcpd::tools
