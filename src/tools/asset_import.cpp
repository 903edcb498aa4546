#include "asset_import.hpp"

#include "asset_answers.hpp"

#include <blender_mcpd/core/utc_time.hpp>

#include <chrono>
#include <utility>

namespace blender_mcpd::tools {
namespace {

core::Json provenance_of(const assets::Asset& asset) {
    return {{"provider", asset.provider},
            {"id", asset.id},
            {"title", asset.name},
            {"authors", asset.authors},
            {"license", asset.license.name},
            {"license_url", asset.license.url},
            {"credit_line", asset.attribution},
            {"source_url", asset.source_url},
            {"retrieved", core::utc_time(std::chrono::system_clock::now())}};
}

}  // namespace

core::Json import_arguments(const assets::Prepared& prepared, std::string name) {
    core::Json wanted{{"kind", to_string(prepared.asset.kind)},
                      {"name", std::move(name)},
                      {"files", core::Json::array()},
                      {"provenance", provenance_of(prepared.asset)}};
    for (const auto& file : prepared.files)
        wanted["files"].push_back({{"path", file.path.string()}, {"role", file.role}});
    return wanted;
}

std::string import_answer(std::string_view imported, const assets::Prepared& prepared,
                          core::Json answer) {
    answer["asset"] = to_json(prepared.asset);
    if (!prepared.resolution.empty()) answer["resolution"] = prepared.resolution;
    answer["format"] = prepared.format;
    answer["files"] = core::Json::array();
    for (const auto& file : prepared.files)
        answer["files"].push_back({{"name", file.path.filename().string()}, {"role", file.role}});
    add_imported(answer, imported);
    return core::dump(answer);
}

}  // namespace blender_mcpd::tools
