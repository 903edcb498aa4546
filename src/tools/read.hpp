// Operations that only read the scene.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/mcp/tool.hpp>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace blender_mcpd::tools {

/// Of arguments, as a key: the order of members does not matter to a tool.
[[nodiscard]] std::string canonical(const core::Json& arguments);

/// The answer from the cache, if it is still true: Blender's generation is asked for, which is much
/// cheaper than the read. Else from Blender; who asks for the same meanwhile gets the same answer.
boost::asio::awaitable<core::Result<mcp::ToolAnswer>> read(Toolbox toolbox, std::string name,
                                                           core::Json arguments,
                                                           mcp::CallContext context);

}  // namespace blender_mcpd::tools
