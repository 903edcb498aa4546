// What the tools work with.
#pragma once

#include <blender_mcpd/blender/blender.hpp>
#include <blender_mcpd/tools/guards.hpp>
#include <blender_mcpd/tools/tools.hpp>

namespace blender_mcpd::tools {

/// All of it outlives the tools.
struct Toolbox {
    blender::Blender& blender;
    Guards& guards;
    ToolOptions options;
};

}  // namespace blender_mcpd::tools
