// How reads of resources end.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/mcp/resource.hpp>

#include <string>

namespace blender_mcpd::tools {

[[nodiscard]] mcp::ResourceAnswer contents(std::string uri, std::string mime_type,
                                           std::string text);

/// What Blender does not know is no resource; everything else is an internal error, whose data is
/// error_meta().
[[nodiscard]] mcp::ResourceAnswer failure(const std::string& uri, const core::Error& error);

/// The same of a prompt that looks at the scene.
[[nodiscard]] mcp::RpcError rpc_error(const core::Error& error);

}  // namespace blender_mcpd::tools
