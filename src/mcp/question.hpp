// What a handler may ask a client (2026-07-28 basic/patterns/mrtr, server requirements).
#pragma once

#include <blender_mcpd/mcp/client_capabilities.hpp>
#include <blender_mcpd/mcp/input.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <optional>
#include <string_view>

namespace blender_mcpd::mcp {

/// Why this must not be sent: the client did not declare that it can answer, or the handler is
/// wrong.
[[nodiscard]] std::optional<RpcError> refuse_question(const InputRequired& question,
                                                      const ClientCapabilities& client);

/// The answers in `raw`, an object by the keys of the questions: what is no object is no answer.
/// Nullopt when it is no object itself.
[[nodiscard]] std::optional<InputResponses> read_responses(std::string_view raw);

/// An elicitation that opens a page instead of a form.
[[nodiscard]] bool is_url_elicitation(const InputRequest& request);

}  // namespace blender_mcpd::mcp
