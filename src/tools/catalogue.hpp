// One function a tool; each lives in the file of its name.
#pragma once

#include <blender_mcpd/blender/blender.hpp>
#include <blender_mcpd/mcp/tool.hpp>
#include <blender_mcpd/tools/tools.hpp>

namespace blender_mcpd::tools {

[[nodiscard]] mcp::Tool get_blender_status(blender::Blender& blender, const ToolOptions& options);
[[nodiscard]] mcp::Tool get_scene_info(blender::Blender& blender);
[[nodiscard]] mcp::Tool get_object_info(blender::Blender& blender);
[[nodiscard]] mcp::Tool create_objects(blender::Blender& blender);
[[nodiscard]] mcp::Tool update_objects(blender::Blender& blender);
[[nodiscard]] mcp::Tool delete_objects(blender::Blender& blender);
[[nodiscard]] mcp::Tool set_material(blender::Blender& blender);
[[nodiscard]] mcp::Tool execute_blender_code(blender::Blender& blender, const ToolOptions& options);
[[nodiscard]] mcp::Tool render(blender::Blender& blender, const ToolOptions& options);
[[nodiscard]] mcp::Tool manage_file(blender::Blender& blender);

}  // namespace blender_mcpd::tools
