// The sets that tools come in.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace blender_mcpd::tools {

/// Each has what is in the one before.
enum class ToolSet {
    minimal,   // to look, and to run scripts
    standard,  // to work with
    full,      // everything
};

/// In the order of ToolSet.
inline constexpr std::array<std::string_view, 3> tool_set_names{"minimal", "standard", "full"};

[[nodiscard]] constexpr std::string_view to_string(ToolSet set) {
    return tool_set_names[static_cast<std::size_t>(set)];
}

}  // namespace blender_mcpd::tools
