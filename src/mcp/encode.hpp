// Outgoing messages: the same results, encoded for the revision that governs the request.
#pragma once

#include "message.hpp"

#include <blender_mcpd/mcp/server.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

/// `id` may be empty: the error then has none (allowed since 2025-11-25 for requests whose id
/// cannot be read).
[[nodiscard]] std::string encode_error(std::string_view id, const RpcError& error);

/// `members` are the raw members of the result object without its braces; may be empty.
[[nodiscard]] std::string encode_result(std::string_view id, Revision revision,
                                        const Implementation& implementation,
                                        std::string_view members);

[[nodiscard]] std::string encode_tool_result(std::string_view id, Revision revision,
                                             const Implementation& implementation,
                                             const ToolResult& result);

[[nodiscard]] std::string encode_progress(std::string_view token, Revision revision,
                                          const Progress& progress);

/// Members of the results of these methods.
[[nodiscard]] std::string initialize_members(Revision revision,
                                             const Implementation& implementation);
[[nodiscard]] std::string discover_members(const Implementation& implementation);
[[nodiscard]] std::string tools_list_members(Revision revision, const std::vector<Tool>& tools);

}  // namespace blender_mcpd::mcp
