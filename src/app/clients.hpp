// The AI clients that can start us, and where each wants to be told: one table, with a row a
// client.
#pragma once

#include "json_document.hpp"

#include <blender_mcpd/core/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

/// A place below one of the user's folders.
struct ClientPlace {
    enum class Below {
        home,    // $HOME
        config,  // $XDG_CONFIG_HOME, else ~/.config
    } below = Below::home;
    std::string_view path;
};

/// How an entry looks.
enum class EntryShape {
    plain,   // {"command": …, "args": […]}
    typed,   // the same with "type": "stdio"
    custom,  // the same with "source": "custom"
};

struct Client {
    std::string_view id;    // what --client takes
    std::string_view name;  // for people
    ClientPlace linux;
    ClientPlace macos;
    std::string_view folder_variable;  // environment variable that moves the file; may be empty
    std::string_view project;          // below a project's folder; empty: it has none
    std::string_view servers;          // the member of the file that holds the entries
    std::string_view projects;         // the member that holds more of them by folder; may be empty
    EntryShape shape;
    JsonSyntax syntax;
    std::string_view next;  // what makes it notice; a sentence without a full stop
};

[[nodiscard]] std::span<const Client> clients();
/// Nullptr when there is none of that name.
[[nodiscard]] const Client* find_client(std::string_view id);
/// The names that --client takes.
[[nodiscard]] std::vector<std::string> client_ids();

enum class ClientScope {
    user,     // for everything that the user does
    project,  // for who works in the current folder
};

/// What decides about places.
struct ClientSurroundings {
    std::map<std::string, std::string> environment;
    std::filesystem::path current_folder;
    bool macos = false;
};

/// The client's file; it need not exist. Nullopt when it has none for that scope, or HOME is not
/// set.
[[nodiscard]] std::optional<std::filesystem::path> client_file(
    const Client& client, ClientScope scope, const ClientSurroundings& surroundings);

/// A command with its arguments, as a client's file has it.
struct ClientCommand {
    std::string program;
    std::vector<std::string> arguments;
    bool operator==(const ClientCommand&) const = default;
};

/// The entry that starts it.
[[nodiscard]] core::Json client_entry(const Client& client, const ClientCommand& command);

/// What an entry starts, whoever wrote it; nullopt when that is no program of this machine.
[[nodiscard]] std::optional<ClientCommand> command_of(const core::Json& entry);

/// True for a program that goes by our name.
[[nodiscard]] bool is_blender_mcpd(const ClientCommand& command);

}  // namespace blender_mcpd::app
