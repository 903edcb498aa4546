#include "state_folder.hpp"

namespace blender_mcpd::app {

namespace fs = std::filesystem;

std::optional<fs::path> state_folder(const std::map<std::string, std::string>& environment) {
    const auto absolute = [&](const char* variable) -> fs::path {
        const auto found = environment.find(variable);
        // Relative ones are to be ignored (XDG base directory specification).
        if (found == environment.end() || !found->second.starts_with('/')) return {};
        return found->second;
    };
    const fs::path ours = "blender-mcpd";
    if (auto runtime = absolute("XDG_RUNTIME_DIR"); !runtime.empty()) return runtime / ours;
    if (auto state = absolute("XDG_STATE_HOME"); !state.empty()) return state / ours;
    if (auto home = absolute("HOME"); !home.empty()) return home / ".local/state" / ours;
    return {};
}

}  // namespace blender_mcpd::app
