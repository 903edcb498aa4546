// One function a tool; each lives in the file of its name.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/mcp/tool.hpp>

namespace blender_mcpd::tools {

[[nodiscard]] mcp::Tool get_blender_status(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool get_scene_info(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool get_object_info(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool create_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool update_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool delete_objects(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool set_material(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool render(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool history(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool manage_file(const Toolbox& toolbox);
[[nodiscard]] mcp::Tool execute_blender_code(const Toolbox& toolbox);

}  // namespace blender_mcpd::tools
