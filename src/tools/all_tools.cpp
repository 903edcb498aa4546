#include "catalogue.hpp"

#include <blender_mcpd/tools/tools.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace blender_mcpd::tools {
namespace {

using enum ToolSet;

constexpr std::array entries{
    Entry{"get_blender_status", minimal, get_blender_status_spec, get_blender_status},
    Entry{"get_scene_info", minimal, get_scene_info_spec, get_scene_info},
    Entry{"get_object_info", minimal, get_object_info_spec, get_object_info},
    Entry{"get_viewport_screenshot", minimal, get_viewport_screenshot_spec,
          get_viewport_screenshot},
    Entry{"inspect_data", standard, inspect_data_spec, inspect_data},
    Entry{"lookup_api", standard, lookup_api_spec, lookup_api},
    Entry{"create_objects", standard, create_objects_spec, create_objects},
    Entry{"update_objects", standard, update_objects_spec, update_objects},
    Entry{"delete_objects", standard, delete_objects_spec, delete_objects},
    Entry{"duplicate_objects", standard, duplicate_objects_spec, duplicate_objects},
    Entry{"set_material", standard, set_material_spec, set_material},
    Entry{"edit_nodes", standard, edit_nodes_spec, edit_nodes},
    Entry{"set_modifiers", standard, set_modifiers_spec, set_modifiers},
    Entry{"set_keyframes", full, set_keyframes_spec, set_keyframes},
    Entry{"set_scene", standard, set_scene_spec, set_scene},
    Entry{"render", standard, render_spec, render, mcp::TaskSupport::optional},
    Entry{"history", standard, history_spec, history},
    Entry{"batch", standard, batch_spec, batch},
    Entry{"manage_file", standard, manage_file_spec, manage_file},
    Entry{"manage_instances", standard, manage_instances_spec, manage_instances},
    Entry{"import_file", full, import_file_spec, import_file},
    Entry{"export_file", full, export_file_spec, export_file, mcp::TaskSupport::optional},
    Entry{"search_assets", full, search_assets_spec, search_assets},
    Entry{"get_asset_preview", full, get_asset_preview_spec, get_asset_preview},
    Entry{"import_asset", full, import_asset_spec, import_asset},
    Entry{"generate_model", full, generate_model_spec, generate_model, mcp::TaskSupport::optional},
    Entry{"execute_blender_code", minimal, execute_blender_code_spec, execute_blender_code}};

constexpr auto names = [] {
    std::array<std::string_view, entries.size()> all;
    std::ranges::transform(entries, all.begin(), &Entry::name);
    return all;
}();

}  // namespace

std::span<const Entry> catalogue() {
    return entries;
}

Spec spec_of(std::string_view tool) {
    return std::ranges::find(entries, tool, &Entry::name)->spec();
}

bool is_offered(const Entry& entry, const ToolSelection& selection) {
    if (!is_named(entry.name, selection)) return false;
    if (!selection.read_only) return true;
    const auto spec = entry.spec();
    return spec.annotations.read_only || spec.has_read_only_form;
}

std::vector<std::string_view> offered_tools(const ToolSelection& selection) {
    std::vector<std::string_view> offered;
    for (const auto& entry : entries)
        if (is_offered(entry, selection)) offered.push_back(entry.name);
    return offered;
}

std::span<const std::string_view> tool_names() {
    return names;
}

ToolSet smallest_set(std::string_view tool) {
    const auto entry = std::ranges::find(entries, tool, &Entry::name);
    return entry == entries.end() ? full : entry->smallest_set;
}

void add_tools(mcp::Registry& registry, blender::Blenders& blenders, Guards& guards,
               const ToolOptions& options) {
    const auto toolbox = std::make_shared<const Toolbox>(Toolbox{blenders, guards, options});
    for (const auto& entry : entries) {
        if (!is_offered(entry, options.selection)) continue;
        registry.add(mcp::ToolMaker{std::string(entry.name), entry.task_support, [&entry, toolbox] {
                                        auto tool = entry.make(*toolbox);
                                        tool.task_support = entry.task_support;
                                        return tool;
                                    }});
    }
}

}  // namespace blender_mcpd::tools
