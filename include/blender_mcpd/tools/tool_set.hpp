// The sets that tools come in.
#pragma once

namespace blender_mcpd::tools {

/// Each has what is in the one before.
enum class ToolSet {
    minimal,   // to look, and to run scripts
    standard,  // to work with
    full,      // everything
};

}  // namespace blender_mcpd::tools
