#include "encode.hpp"

#include <blender_mcpd/mcp/server.hpp>

#include <algorithm>

namespace blender_mcpd::mcp {

Server::Server(core::Timers& timers, core::Metrics& metrics, Implementation implementation,
               std::vector<Tool> tools, ServerLimits limits)
    : timers_(timers),
      metrics_(metrics),
      implementation_(std::move(implementation)),
      tools_(std::move(tools)),
      limits_(limits) {}

const Tool* Server::find_tool(std::string_view name) const {
    const auto found = std::find_if(tools_.begin(), tools_.end(),
                                    [&](const Tool& tool) { return tool.name == name; });
    return found == tools_.end() ? nullptr : &*found;
}

const std::string& Server::listed_tools(Revision revision) const {
    auto& members = listed_tools_[revision.version];
    if (members.empty()) members = tools_list_members(revision, tools_);
    return members;
}

ToolResult error_result(std::string text) {
    ToolResult result;
    result.content.emplace_back(TextContent{std::move(text)});
    result.is_error = true;
    return result;
}

}  // namespace blender_mcpd::mcp
