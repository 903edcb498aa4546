#include "catalogue.hpp"

#include <blender_mcpd/tools/tools.hpp>

namespace blender_mcpd::tools {

std::span<const std::string_view> tool_names() {
    static constexpr std::string_view names[] = {
        "get_blender_status", "get_scene_info",      "get_object_info", "create_objects",
        "update_objects",     "delete_objects",      "set_material",    "render",
        "manage_file",        "execute_blender_code"};
    return names;
}

std::vector<mcp::Tool> all_tools(blender::Blender& blender, const ToolOptions& options) {
    std::vector<mcp::Tool> tools;
    tools.push_back(get_blender_status(blender, options));
    for (const auto make : {get_scene_info, get_object_info, create_objects, update_objects,
                            delete_objects, set_material})
        tools.push_back(make(blender));
    tools.push_back(render(blender, options));
    tools.push_back(manage_file(blender));
    tools.push_back(execute_blender_code(blender, options));
    return tools;
}

}  // namespace blender_mcpd::tools
