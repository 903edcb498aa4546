#include "clients.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

using Below = ClientPlace::Below;

// Sources: code.claude.com/docs/en/mcp; modelcontextprotocol.io/docs/develop/connect-local-servers;
// cursor.com/docs/mcp; code.visualstudio.com/docs/copilot/reference/mcp-configuration;
// docs.windsurf.com/windsurf/cascade/mcp; zed.dev/docs/ai/mcp. Zed refuses an entry without "args",
// and up to 2025 one without "source". Where it is not known that a client refuses comments, they
// are let be.
constexpr std::array<Client, 6> table{{
    {"claude-code",
     "Claude Code",
     {Below::home, ".claude.json"},
     {Below::home, ".claude.json"},
     "CLAUDE_CONFIG_DIR",
     ".mcp.json",
     "mcpServers",
     "projects",
     EntryShape::typed,
     JsonSyntax::strict,
     "Start Claude Code anew; /mcp there shows it"},
    {"claude-desktop",
     "Claude Desktop",
     {Below::config, "Claude/claude_desktop_config.json"},
     {Below::home, "Library/Application Support/Claude/claude_desktop_config.json"},
     "",
     "",
     "mcpServers",
     "",
     EntryShape::plain,
     JsonSyntax::strict,
     "Quit Claude Desktop and start it anew"},
    {"cursor",
     "Cursor",
     {Below::home, ".cursor/mcp.json"},
     {Below::home, ".cursor/mcp.json"},
     "",
     ".cursor/mcp.json",
     "mcpServers",
     "",
     EntryShape::typed,
     JsonSyntax::comments,
     "Turn it on in Cursor's settings, under MCP"},
    {"vscode",
     "VS Code",
     {Below::config, "Code/User/mcp.json"},
     {Below::home, "Library/Application Support/Code/User/mcp.json"},
     "",
     ".vscode/mcp.json",
     "servers",
     "",
     EntryShape::typed,
     JsonSyntax::comments,
     "Run \"MCP: List Servers\" in VS Code and start it there"},
    {"windsurf",
     "Windsurf",
     {Below::home, ".codeium/windsurf/mcp_config.json"},
     {Below::home, ".codeium/windsurf/mcp_config.json"},
     "",
     "",
     "mcpServers",
     "",
     EntryShape::plain,
     JsonSyntax::comments,
     "Refresh the MCP servers in Windsurf's Cascade panel"},
    {"zed",
     "Zed",
     {Below::config, "zed/settings.json"},
     {Below::home, ".config/zed/settings.json"},
     "",
     ".zed/settings.json",
     "context_servers",
     "",
     EntryShape::custom,
     JsonSyntax::comments,
     "Zed starts it at once; see the settings of its agent panel"},
}};

/// Empty unless it is an absolute path.
fs::path folder_in(const std::map<std::string, std::string>& environment,
                   std::string_view variable) {
    const auto found = environment.find(std::string(variable));
    if (found == environment.end() || !found->second.starts_with('/')) return {};
    return found->second;
}

/// Empty when HOME is not set.
fs::path place(const ClientPlace& place, const std::map<std::string, std::string>& environment) {
    if (place.below == Below::config)
        if (const auto config = folder_in(environment, "XDG_CONFIG_HOME"); !config.empty())
            return config / place.path;
    const auto home = folder_in(environment, "HOME");
    if (home.empty()) return {};
    return place.below == Below::home ? home / place.path : home / ".config" / place.path;
}

}  // namespace

std::span<const Client> clients() {
    return table;
}

const Client* find_client(std::string_view id) {
    const auto* found = std::ranges::find(table, id, &Client::id);
    return found == table.end() ? nullptr : found;
}

std::vector<std::string> client_ids() {
    std::vector<std::string> ids;
    for (const auto& client : table)
        ids.emplace_back(client.id);
    return ids;
}

std::optional<fs::path> client_file(const Client& client, ClientScope scope,
                                    const ClientSurroundings& surroundings) {
    if (scope == ClientScope::project) {
        if (client.project.empty()) return std::nullopt;
        return surroundings.current_folder / client.project;
    }
    const auto& usual = surroundings.macos ? client.macos : client.linux;
    if (!client.folder_variable.empty())
        if (const auto moved = folder_in(surroundings.environment, client.folder_variable);
            !moved.empty())
            return moved / usual.path;
    auto found = place(usual, surroundings.environment);
    if (found.empty()) return std::nullopt;
    return found;
}

core::Json client_entry(const Client& client, const ClientCommand& command) {
    core::Json entry = core::Json::object();
    if (client.shape == EntryShape::typed) entry["type"] = "stdio";
    if (client.shape == EntryShape::custom) entry["source"] = "custom";
    entry["command"] = command.program;
    entry["args"] = command.arguments;
    return entry;
}

std::optional<ClientCommand> command_of(const core::Json& entry) {
    if (!entry.is_object() || !entry.contains("command")) return std::nullopt;
    // Zed's older form has both in an object of its own.
    const bool nested = entry["command"].is_object();
    const auto& holder = nested ? entry["command"] : entry;
    const auto* name = nested ? "path" : "command";
    if (!holder.contains(name) || !holder[name].is_string()) return std::nullopt;
    ClientCommand command{holder[name].get<std::string>(), {}};
    if (holder.contains("args") && holder["args"].is_array())
        for (const auto& argument : holder["args"])
            command.arguments.push_back(argument.is_string() ? argument.get<std::string>()
                                                             : core::dump(argument));
    return command;
}

bool is_blender_mcpd(const ClientCommand& command) {
    return fs::path(command.program).filename() == "blender-mcpd";
}

}  // namespace blender_mcpd::app
