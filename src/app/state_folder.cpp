#include "state_folder.hpp"

#include <fmt/format.h>

#include <string_view>

#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view ours = "blender-mcpd";

/// Empty unless it is an absolute path: relative ones are to be ignored (XDG base directory
/// specification).
fs::path absolute(const std::map<std::string, std::string>& environment, const char* variable) {
    const auto found = environment.find(variable);
    if (found == environment.end() || !found->second.starts_with('/')) return {};
    return found->second;
}

}  // namespace

std::optional<fs::path> state_folder(const std::map<std::string, std::string>& environment) {
    if (auto runtime = absolute(environment, "XDG_RUNTIME_DIR"); !runtime.empty())
        return runtime / ours;
    return lasting_folder(environment);
}

std::optional<fs::path> lasting_folder(const std::map<std::string, std::string>& environment) {
    if (auto state = absolute(environment, "XDG_STATE_HOME"); !state.empty()) return state / ours;
    if (auto home = absolute(environment, "HOME"); !home.empty())
        return home / ".local/state" / ours;
    return {};
}

fs::path descriptor_folder(const std::map<std::string, std::string>& environment) {
    const auto runtime = absolute(environment, "XDG_RUNTIME_DIR");
    const auto folder =
        runtime.empty() ? fs::path(fmt::format("/tmp/{}-{}", ours, ::geteuid())) : runtime / ours;
    return folder / "blenders";
}

}  // namespace blender_mcpd::app
