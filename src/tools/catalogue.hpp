// What tools there are; each lives in the file of its name.
#pragma once

#include "binder.hpp"
#include "toolbox.hpp"

#include <blender_mcpd/mcp/tool.hpp>
#include <blender_mcpd/tools/selection.hpp>

#include <span>
#include <string_view>

namespace blender_mcpd::tools {

[[nodiscard]] mcp::Tool get_blender_status(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool get_scene_info(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool get_object_info(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool get_viewport_screenshot(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool inspect_data(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool lookup_api(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool create_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool update_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool delete_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool duplicate_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool set_material(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool edit_nodes(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool set_modifiers(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool set_keyframes(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool set_scene(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool render(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool history(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool manage_file(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool manage_instances(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool import_file(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool export_file(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool search_assets(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool get_asset_preview(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool import_asset(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool generate_model(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool batch(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool execute_blender_code(const Toolbox& toolbox);

// What each is, whole: see schema::published for what clients get of it.
[[nodiscard]] Spec get_blender_status_spec();
[[nodiscard]] Spec get_scene_info_spec();
[[nodiscard]] Spec get_object_info_spec();
[[nodiscard]] Spec get_viewport_screenshot_spec();
[[nodiscard]] Spec inspect_data_spec();
[[nodiscard]] Spec lookup_api_spec();
[[nodiscard]] Spec create_objects_spec();
[[nodiscard]] Spec update_objects_spec();
[[nodiscard]] Spec delete_objects_spec();
[[nodiscard]] Spec duplicate_objects_spec();
[[nodiscard]] Spec set_material_spec();
[[nodiscard]] Spec edit_nodes_spec();
[[nodiscard]] Spec set_modifiers_spec();
[[nodiscard]] Spec set_keyframes_spec();
[[nodiscard]] Spec set_scene_spec();
[[nodiscard]] Spec render_spec();
[[nodiscard]] Spec history_spec();
[[nodiscard]] Spec manage_file_spec();
[[nodiscard]] Spec manage_instances_spec();
[[nodiscard]] Spec import_file_spec();
[[nodiscard]] Spec export_file_spec();
[[nodiscard]] Spec search_assets_spec();
[[nodiscard]] Spec get_asset_preview_spec();
[[nodiscard]] Spec import_asset_spec();
[[nodiscard]] Spec generate_model_spec();
[[nodiscard]] Spec batch_spec();
[[nodiscard]] Spec execute_blender_code_spec();

/// One entry a tool.
struct Entry {
    std::string_view name;
    ToolSet smallest_set;
    Spec (*spec)();
    mcp::Tool (*make)(const Toolbox& toolbox);
    mcp::TaskSupport task_support = mcp::TaskSupport::forbidden;
};
/// In the order in which they are listed.
[[nodiscard]] std::span<const Entry> catalogue();
/// Whether clients get it, if only to read.
[[nodiscard]] bool is_offered(const Entry& entry, const ToolSelection& selection);
/// Of a tool that there is.
[[nodiscard]] Spec spec_of(std::string_view tool);

}  // namespace blender_mcpd::tools
