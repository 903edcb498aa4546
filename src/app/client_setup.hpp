// Puts the entry that starts us into a client's file, or takes it out.
#pragma once

#include "clients.hpp"

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace blender_mcpd::app {

struct ClientSetup {
    const Client* client = nullptr;
    std::filesystem::path file;
    std::string name;  // of the entry
    ClientCommand command;
    bool force = false;  // replace or remove an entry that starts something else
};

struct SetupOutcome {
    enum class Change {
        none,      // it was so already
        added,     // to the file, which may be new
        replaced,  // what had that name
        removed,
    } change = Change::none;
    std::string old_entry;         // as it stood there; empty when there was none
    std::filesystem::path backup;  // empty when there was no file, or nothing changed
    std::filesystem::path file;    // the one that was changed: links are followed
};

/// Errors: those of client_file.hpp; invalid when the file is no JSON, or not built as the client
/// wants it, with line and column; conflict-like `invalid` with the entry shown when another one
/// has that name and `force` is not given. Nothing is changed then.
[[nodiscard]] core::Result<SetupOutcome> install_in_client(const ClientSetup& setup);

/// The same for taking it out; an entry that does not start a blender-mcpd needs `force`.
[[nodiscard]] core::Result<SetupOutcome> uninstall_from_client(const ClientSetup& setup);

/// What to paste into the file by hand.
[[nodiscard]] std::string client_snippet(const ClientSetup& setup);

/// Letters, digits, - and _, at most 64: what every client takes.
[[nodiscard]] bool is_entry_name(std::string_view name);

}  // namespace blender_mcpd::app
