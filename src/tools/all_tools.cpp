#include "catalogue.hpp"

#include <blender_mcpd/tools/tools.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace blender_mcpd::tools {
namespace {

struct Entry {
    std::string_view name;
    ToolSet smallest_set;
    mcp::Tool (*make)(const Toolbox& toolbox);
};

using enum ToolSet;

constexpr std::array entries{Entry{"get_blender_status", minimal, get_blender_status},
                             Entry{"get_scene_info", minimal, get_scene_info},
                             Entry{"get_object_info", minimal, get_object_info},
                             Entry{"inspect_data", full, inspect_data},
                             Entry{"lookup_api", full, lookup_api},
                             Entry{"create_objects", standard, create_objects},
                             Entry{"update_objects", standard, update_objects},
                             Entry{"delete_objects", standard, delete_objects},
                             Entry{"duplicate_objects", full, duplicate_objects},
                             Entry{"set_material", standard, set_material},
                             Entry{"edit_nodes", full, edit_nodes},
                             Entry{"set_modifiers", full, set_modifiers},
                             Entry{"set_keyframes", full, set_keyframes},
                             Entry{"set_scene", full, set_scene},
                             Entry{"render", standard, render},
                             Entry{"history", standard, history},
                             Entry{"batch", standard, batch},
                             Entry{"manage_file", standard, manage_file},
                             Entry{"import_file", full, import_file},
                             Entry{"export_file", full, export_file},
                             Entry{"execute_blender_code", minimal, execute_blender_code}};

constexpr auto names = [] {
    std::array<std::string_view, entries.size()> all;
    std::ranges::transform(entries, all.begin(), &Entry::name);
    return all;
}();

}  // namespace

std::span<const std::string_view> tool_names() {
    return names;
}

ToolSet smallest_set(std::string_view tool) {
    const auto entry = std::ranges::find(entries, tool, &Entry::name);
    return entry == entries.end() ? full : entry->smallest_set;
}

std::vector<mcp::Tool> all_tools(blender::Blender& blender, Guards& guards,
                                 const ToolOptions& options) {
    const Toolbox toolbox{blender, guards, options};
    std::vector<mcp::Tool> tools;
    for (const auto& entry : entries)
        tools.push_back(entry.make(toolbox));
    return select(std::move(tools), options.selection);
}

}  // namespace blender_mcpd::tools
