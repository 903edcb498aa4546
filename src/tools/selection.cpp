#include <blender_mcpd/tools/selection.hpp>

#include <algorithm>
#include <span>

namespace blender_mcpd::tools {
namespace {

bool contains(std::span<const std::string> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_selected(const mcp::Tool& tool, const ToolSelection& selection) {
    return is_named(tool.name, selection) && (tool.annotations.read_only || !selection.read_only);
}

}  // namespace

bool is_named(std::string_view tool, const ToolSelection& selection) {
    if (contains(selection.disable, tool)) return false;
    return smallest_set(tool) <= selection.set || contains(selection.enable, tool);
}

std::vector<mcp::Tool> select(std::vector<mcp::Tool> tools, const ToolSelection& selection) {
    std::erase_if(tools, [&](const mcp::Tool& tool) { return !is_selected(tool, selection); });
    return tools;
}

}  // namespace blender_mcpd::tools
