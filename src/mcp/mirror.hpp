// Streamable HTTP repeats parts of a request in headers, which must agree with the body (2026-07-28
// basic/transports/streamable-http).
#pragma once

#include "session_state.hpp"

#include <optional>

namespace blender_mcpd::mcp {

/// The version header against the claim.
[[nodiscard]] std::optional<RpcError> check_version_header(const MirroredHeaders& headers,
                                                           const Envelope& envelope);
/// The version header of a request that claims nothing.
[[nodiscard]] std::optional<RpcError> check_unclaimed(const MirroredHeaders& headers,
                                                      std::string_view method);
/// Mcp-Method and Mcp-Name.
[[nodiscard]] std::optional<RpcError> check_name_headers(const MirroredHeaders& headers,
                                                         const Exchange& exchange);
/// Whether a property is marked with x-mcp-header, so that the next is worth the arguments'
/// parsing.
[[nodiscard]] bool mirrors_parameters(const core::Json& input_schema);
/// Mcp-Param-* against the arguments whose properties are marked with x-mcp-header.
[[nodiscard]] std::optional<RpcError> check_parameter_headers(const MirroredHeaders& headers,
                                                              const core::Json& input_schema,
                                                              const core::Json& arguments);

}  // namespace blender_mcpd::mcp
