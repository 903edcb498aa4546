// Which of the tools a client gets to see: every one of them costs a model room in every
// conversation.
#pragma once

#include <blender_mcpd/tools/tool_set.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::tools {

struct ToolSelection {
    ToolSet set = ToolSet::standard;
    std::vector<std::string> enable{};   // besides those of the set
    std::vector<std::string> disable{};  // of these
    bool read_only = false;  // no tool that can change a scene or a file, whatever is enabled
};

/// The smallest set that it is in. Names that are none of tool_names() are in `full`.
[[nodiscard]] ToolSet smallest_set(std::string_view tool);

/// Whether it is in the set or enabled, and not disabled; read_only asks for more.
[[nodiscard]] bool is_named(std::string_view tool, const ToolSelection& selection);

/// Those of tool_names() that clients get.
[[nodiscard]] std::vector<std::string_view> offered_tools(const ToolSelection& selection);

/// What to do to get a tool that there is, and that is not selected.
[[nodiscard]] std::string why_not(std::string_view tool, const ToolSelection& selection);

}  // namespace blender_mcpd::tools
