#include <blender_mcpd/tools/selection.hpp>

#include <algorithm>
#include <span>

namespace blender_mcpd::tools {
namespace {

bool contains(std::span<const std::string> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_selected(const mcp::Tool& tool, const ToolSelection& selection) {
    if (selection.read_only && !tool.annotations.read_only) return false;
    if (contains(selection.disable, tool.name)) return false;
    return smallest_set(tool.name) <= selection.set || contains(selection.enable, tool.name);
}

}  // namespace

std::vector<mcp::Tool> select(std::vector<mcp::Tool> tools, const ToolSelection& selection) {
    std::erase_if(tools, [&](const mcp::Tool& tool) { return !is_selected(tool, selection); });
    return tools;
}

}  // namespace blender_mcpd::tools
