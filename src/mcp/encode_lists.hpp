// What a server says that it has: capabilities and lists.
#pragma once

#include <blender_mcpd/mcp/server.hpp>

#include <string>

namespace blender_mcpd::mcp {

// Members of the results of these methods.
[[nodiscard]] std::string initialize_members(Revision revision, const Server& server);
[[nodiscard]] std::string discover_members(Revision revision, const Server& server);
[[nodiscard]] std::string tools_list_members(Revision revision, const Registry& registry);
[[nodiscard]] std::string prompts_list_members(Revision revision, const Registry& registry);
[[nodiscard]] std::string resources_list_members(Revision revision, const Registry& registry);
[[nodiscard]] std::string templates_list_members(Revision revision, const Registry& registry);

[[nodiscard]] bool offers_resources(const Registry& registry);
/// Whether clients may use tasks: a tool supports them.
[[nodiscard]] bool offers_tasks(const Registry& registry);
[[nodiscard]] bool offers_completions(const Registry& registry);

}  // namespace blender_mcpd::mcp
