#include <blender_mcpd/tools/selection.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace blender_mcpd::tools {
namespace {

bool contains(std::span<const std::string> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool is_named(std::string_view tool, const ToolSelection& selection) {
    if (contains(selection.disable, tool)) return false;
    return smallest_set(tool) <= selection.set || contains(selection.enable, tool);
}

std::string why_not(std::string_view tool, const ToolSelection& selection) {
    if (contains(selection.disable, tool))
        return "It is switched off by the setting tools.disable of blender-mcpd.";
    if (!is_named(tool, selection))
        return fmt::format(
            "It is in the set \"{}\" of blender-mcpd, this client has \"{}\": the user can add it "
            "to "
            "the setting tools.enable, or choose tools.set.",
            to_string(smallest_set(tool)), to_string(selection.set));
    return "It can change something, and the setting tools.read_only of blender-mcpd is true.";
}

}  // namespace blender_mcpd::tools
