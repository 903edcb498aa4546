// Where running daemons leave what belongs to the user and this machine: metrics, the token.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace blender_mcpd::app {

/// "blender-mcpd" below XDG_RUNTIME_DIR, else XDG_STATE_HOME or ~/.local/state; it need not exist.
/// Nullopt when there is none of them. `environment` maps a variable to its value.
[[nodiscard]] std::optional<std::filesystem::path> state_folder(
    const std::map<std::string, std::string>& environment);

/// The same for what must outlive the session, and may be large: never below XDG_RUNTIME_DIR.
[[nodiscard]] std::optional<std::filesystem::path> lasting_folder(
    const std::map<std::string, std::string>& environment);

/// Where blender-mcpd's add-on tells of Blenders: "blender-mcpd/blenders" below XDG_RUNTIME_DIR,
/// else "blender-mcpd-<uid>/blenders" in /tmp, as it chooses it too.
[[nodiscard]] std::filesystem::path descriptor_folder(
    const std::map<std::string, std::string>& environment);

}  // namespace blender_mcpd::app
