// The provider that is in Blender: assets that the open file has marked, and those of libraries. To
// find them, and to look at them, starts a Blender.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/mcp/tool.hpp>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include <string_view>

namespace blender_mcpd::tools {

inline constexpr std::string_view blender_provider = "blender";

/// All three take the arguments of the tool for that provider, and answer as it does.
boost::asio::awaitable<core::Result<mcp::ToolAnswer>> search_in_blender(Toolbox toolbox,
                                                                        mcp::CallContext context,
                                                                        core::Json arguments);
boost::asio::awaitable<core::Result<mcp::ToolAnswer>> preview_in_blender(Toolbox toolbox,
                                                                         mcp::CallContext context,
                                                                         core::Json arguments);
boost::asio::awaitable<core::Result<mcp::ToolAnswer>> import_in_blender(Toolbox toolbox,
                                                                        mcp::CallContext context,
                                                                        core::Json arguments);

}  // namespace blender_mcpd::tools
