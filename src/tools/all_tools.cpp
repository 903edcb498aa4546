#include "catalogue.hpp"

#include <blender_mcpd/tools/tools.hpp>

namespace blender_mcpd::tools {

std::span<const std::string_view> tool_names() {
    static constexpr std::string_view names[] = {"get_blender_status",
                                                 "get_scene_info",
                                                 "get_object_info",
                                                 "create_objects",
                                                 "update_objects",
                                                 "delete_objects",
                                                 "set_material",
                                                 "render",
                                                 "history",
                                                 "manage_file",
                                                 "execute_blender_code"};
    return names;
}

std::vector<mcp::Tool> all_tools(blender::Blender& blender, Guards& guards,
                                 const ToolOptions& options) {
    const Toolbox toolbox{blender, guards, options};
    std::vector<mcp::Tool> tools;
    for (const auto make :
         {get_blender_status, get_scene_info, get_object_info, create_objects, update_objects,
          delete_objects, set_material, render, history, manage_file, execute_blender_code})
        tools.push_back(make(toolbox));
    return tools;
}

}  // namespace blender_mcpd::tools
