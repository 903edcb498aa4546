// Outgoing messages: the same results, encoded for the revision that governs the request.
#pragma once

#include "message.hpp"

#include <blender_mcpd/mcp/server.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

/// `id` may be empty: the error then has none (allowed since 2025-11-25 for requests whose id
/// cannot be read).
[[nodiscard]] std::string encode_error(std::string_view id, Revision revision,
                                       const RpcError& error);
/// The error object alone.
[[nodiscard]] std::string error_object(Revision revision, const RpcError& error);

/// `members` are the raw members of the result object without its braces; may be empty. `meta`
/// those of its _meta. `type` is the resultType of modern revisions.
[[nodiscard]] std::string encode_result(std::string_view id, Revision revision,
                                        const Implementation& implementation,
                                        std::string_view members, std::string_view meta = {},
                                        std::string_view type = "complete");

[[nodiscard]] std::string encode_tool_result(std::string_view id, Revision revision,
                                             const Implementation& implementation,
                                             ToolResult result, std::string_view meta = {});

/// `params` are raw members.
[[nodiscard]] std::string encode_notification(std::string_view method, std::string_view params);
[[nodiscard]] std::string encode_request(std::string_view id, const InputRequest& request);

[[nodiscard]] std::string encode_progress(std::string_view token, Revision revision,
                                          const Progress& progress);

// Members of the results of these methods.
[[nodiscard]] std::string tool_result_members(Revision revision, ToolResult result);
[[nodiscard]] std::string prompt_members(Revision revision, const PromptResult& result);
[[nodiscard]] std::string contents_members(Revision revision,
                                           const std::vector<ResourceContents>& contents);
[[nodiscard]] std::string completion_members(Completion completion);
[[nodiscard]] std::string input_required_members(
    const std::map<std::string, InputRequest>& requests, std::string_view request_state);

/// {"key":{"method":…,"params":…},…}
[[nodiscard]] std::string encode_questions(const std::map<std::string, InputRequest>& requests);

}  // namespace blender_mcpd::mcp
