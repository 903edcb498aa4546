// The tools that are selected, made.
#pragma once

#include <blender_mcpd/mcp/registry.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <vector>

namespace blender_mcpd::tools {

inline std::vector<mcp::Tool> all_tools(blender::Blenders& blenders, Guards& guards,
                                        const ToolOptions& options = {}) {
    mcp::Registry registry;
    add_tools(registry, blenders, guards, options);
    std::vector<mcp::Tool> tools;
    for (const auto& tool : registry.tools())
        tools.push_back(*tool);
    return tools;
}

}  // namespace blender_mcpd::tools
