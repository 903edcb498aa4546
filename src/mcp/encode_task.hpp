// Tasks as each era shows them.
#pragma once

#include "tasks.hpp"

#include <blender_mcpd/mcp/protocol.hpp>

#include <string>

namespace blender_mcpd::mcp {

/// Members of a Task (2025-11-25 or the extension), with those that its status adds in the latter.
[[nodiscard]] std::string task_members(const Task& task, Revision revision);
[[nodiscard]] std::string detailed_task_members(const Task& task, Revision revision);

}  // namespace blender_mcpd::mcp
