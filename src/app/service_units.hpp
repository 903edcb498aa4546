// The systemd units that start this program: their text, and their files.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

enum class ServiceScope {
    user,    // runs as the user, from the first login to the last logout
    system,  // runs as a user of its own, from boot on
};

enum class UnitKind {
    service,
    socket,  // starts the service when the first client connects
};

/// "blender-mcpd.service"
[[nodiscard]] std::string unit_name(UnitKind kind);

/// A file of config/systemd, with `@command@` in it; empty when there is none of that name.
[[nodiscard]] std::string_view unit_template(std::string_view name);

/// A word of ExecStart=, quoted if need be: see systemd.service(5), "Command lines".
[[nodiscard]] std::string unit_word(const std::string& word);

/// The unit that starts `command` (the full path of a program, and its arguments but `serve`), as
/// it is written: its first line says that it is ours.
[[nodiscard]] std::string unit_text(ServiceScope scope, UnitKind kind,
                                    const std::vector<std::string>& command);

/// Where the administrator or the user keeps units of that scope: /etc/systemd/system, or
/// "systemd/user" in $XDG_CONFIG_HOME (~/.config). Errors: invalid when there is no home.
[[nodiscard]] core::Result<std::filesystem::path> unit_folder(
    ServiceScope scope, const std::map<std::string, std::string>& environment);

/// Where the package of this program keeps them: "../lib/systemd/user" beside its folder.
[[nodiscard]] std::filesystem::path package_unit_folder(ServiceScope scope,
                                                        const std::filesystem::path& program);

enum class UnitState {
    absent,
    ours,     // written by write_unit()
    foreign,  // by somebody else; also what is no regular file
};
[[nodiscard]] UnitState unit_state(const std::filesystem::path& file);

/// Whether the file is there and holds just that.
[[nodiscard]] bool is_unit(const std::filesystem::path& file, const std::string& text);

/// Writes it whole or not at all, and makes its folder. Errors: invalid when a foreign one is there
/// and `force` is not set, those of guard::write_file().
[[nodiscard]] core::Result<void> write_unit(const std::filesystem::path& file,
                                            const std::string& text, bool force);

/// The links to it that `systemctl enable` has made beside it.
[[nodiscard]] std::vector<std::filesystem::path> links_to_unit(const std::filesystem::path& file);

/// Removes it and the links that `systemctl enable` has made to it. Returns what was removed; empty
/// when there was nothing. Errors: invalid when it is a foreign one and `force` is not set,
/// unavailable when it cannot be removed.
[[nodiscard]] core::Result<std::vector<std::filesystem::path>> remove_unit(
    const std::filesystem::path& file, bool force);

}  // namespace blender_mcpd::app
