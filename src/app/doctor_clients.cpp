// What the clients' files say of us, and of whom else they start for Blender.
#include "client_entries.hpp"
#include "clients.hpp"
#include "doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

struct Place {
    const Client& client;
    ClientScope scope;
    fs::path file;

    [[nodiscard]] std::string check() const {
        return fmt::format("{}{}", client.id, scope == ClientScope::project ? " project" : "");
    }
    /// The command that writes the entry.
    [[nodiscard]] std::string install(std::string_view more = "") const {
        return fmt::format("blender-mcpd install --client {}{}{}", client.id,
                           scope == ClientScope::project ? " --scope project" : "", more);
    }
};

/// "blender" in FILE (for FOLDER).
std::string what(const Place& place, const ClientEntry& entry) {
    return fmt::format("\"{}\" in {}{}", entry.name, place.file.string(),
                       entry.project.empty() ? "" : " (for " + entry.project + ')');
}

/// The program that a client would find; empty when there is none.
fs::path find_program(const std::string& program, const std::string& path) {
    const auto can_run = [](const fs::path& file) {
        std::error_code error;
        return fs::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0;
    };
    if (program.find('/') != std::string::npos)
        return can_run(program) ? fs::path(program) : fs::path();
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find(':', begin), path.size());
        auto candidate = fs::path(path.substr(begin, end - begin)) / program;
        if (can_run(candidate)) return candidate;
        begin = end + 1;
    }
    return {};
}

/// The value of "--config FILE" or "--config=FILE" that leads nowhere.
std::optional<std::string> lost_configuration(const ClientCommand& command) {
    constexpr std::string_view flag = "--config";
    for (std::size_t index = 0; index < command.arguments.size(); ++index) {
        const auto& argument = command.arguments[index];
        std::string file;
        if (argument == flag && index + 1 < command.arguments.size())
            file = command.arguments[index + 1];
        else if (argument.starts_with(std::string(flag) + '='))
            file = argument.substr(flag.size() + 1);
        std::error_code error;
        if (!file.empty() && !fs::exists(file, error)) return file;
    }
    return std::nullopt;
}

Finding of_ours(const DoctorEnvironment& environment, const Place& place, const ClientEntry& entry,
                const ClientCommand& command) {
    Finding finding{place.check(), CheckState::ok, {}, {}, {{"file", place.file.string()}}};
    finding.facts["entry"] = entry.name;
    finding.facts["command"] = command.program;
    finding.facts["args"] = command.arguments;
    const auto name = what(place, entry);
    const auto again = place.install(fmt::format(" --name {} --force", entry.name));
    const auto program = find_program(command.program, variable(environment, "PATH"));
    if (program.empty()) {
        finding.state = CheckState::error;
        finding.message = fmt::format("{} starts {}, which is no program", name, command.program);
        finding.remedy = again;
        return finding;
    }
    if (const auto lost = lost_configuration(command)) {
        finding.state = CheckState::error;
        finding.message = fmt::format("{} names --config {}, which is not there", name, *lost);
        finding.remedy = again;
        return finding;
    }
    std::error_code error;
    finding.message = fmt::format("{} starts {}", name, program.string());
    if (command.program.find('/') == std::string::npos) {
        finding.state = CheckState::warning;
        finding.message += " by PATH, which the client may not have";
        finding.remedy = again;
    } else if (environment.program.empty() ||
               !fs::equivalent(program, environment.program, error)) {
        finding.state = CheckState::note;
        finding.message += ", another blender-mcpd than this one";
        finding.remedy = "To use this one: " + again;
    }
    return finding;
}

/// "blender-mcp", "blender-mcp@1.2", "blender-mcp==1.2", "/x/bin/blender-mcp".
bool names_blender_mcp(const std::string& word) {
    const auto name = fs::path(word).filename().string();
    constexpr std::string_view wanted = "blender-mcp";
    return name == wanted ||
           (name.starts_with(wanted) && (name[wanted.size()] == '@' || name[wanted.size()] == '='));
}

bool is_blender_mcp(const ClientCommand& command) {
    return names_blender_mcp(command.program) ||
           std::ranges::any_of(command.arguments, names_blender_mcp);
}

/// The port at which it looks for its add-on.
std::string port_of(const ClientEntry& entry) {
    if (entry.value.contains("env") && entry.value["env"].is_object() &&
        entry.value["env"].contains("BLENDER_PORT")) {
        const auto& port = entry.value["env"]["BLENDER_PORT"];
        return port.is_string() ? port.get<std::string>() : core::dump(port);
    }
    return "9876";
}

Finding of_blender_mcp(const Config& config, const Place& place, const ClientEntry& entry,
                       bool beside_ours) {
    const bool same_port = port_of(entry) == std::to_string(config.blender.port);
    Finding finding{place.check(), CheckState::note, {}, {}, {{"file", place.file.string()}}};
    finding.facts["entry"] = entry.name;
    finding.message =
        fmt::format("{} starts blender-mcp{}{}", what(place, entry),
                    beside_ours ? " beside this one" : "", same_port ? ", for the same port" : "");
    finding.remedy =
        beside_ours
            ? fmt::format(
                  "Models see two sets of tools; to keep ours: blender-mcpd uninstall --client "
                  "{}{} --name {} --force",
                  place.client.id, place.scope == ClientScope::project ? " --scope project" : "",
                  entry.name)
            : "To use this one instead: " +
                  place.install(fmt::format(" --name {} --force", entry.name));
    return finding;
}

/// Where an entry finds us over HTTP; empty when it does not.
std::string url_of_ours(const Config& config, const ClientEntry& entry) {
    for (const auto* name : {"url", "serverUrl"}) {
        if (!entry.value.is_object() || !entry.value.contains(name)) continue;
        const auto& url = entry.value[name];
        if (url.is_string() && url.get_ref<const std::string&>().find(
                                   fmt::format(":{}/mcp", config.http.port)) != std::string::npos)
            return url.get<std::string>();
    }
    return {};
}

Findings of_file(const DoctorEnvironment& environment, const Config& config, const Place& place) {
    const auto read = read_client_entries(place.client, place.file);
    if (!read)
        return {{place.check(),
                 CheckState::error,
                 read.error().message,
                 read.error().remedy,
                 {{"file", place.file.string()}}}};
    if (!read->exists) return {};
    Findings found;
    std::vector<const ClientEntry*> rivals;
    for (const auto& entry : read->entries) {
        if (const auto url = url_of_ours(config, entry); !url.empty())
            found.push_back({place.check(),
                             CheckState::ok,
                             fmt::format("{} connects to {}", what(place, entry), url),
                             {},
                             {{"file", place.file.string()}, {"url", url}}});
        const auto command = command_of(entry.value);
        if (!command) continue;
        if (is_blender_mcpd(*command))
            found.push_back(of_ours(environment, place, entry, *command));
        else if (is_blender_mcp(*command))
            rivals.push_back(&entry);
    }
    const bool ours = !found.empty();
    for (const auto* rival : rivals)
        found.push_back(of_blender_mcp(config, place, *rival, ours));
    if (found.empty() && place.scope == ClientScope::user)
        found.push_back({place.check(),
                         CheckState::note,
                         fmt::format("{} does not start this program", place.file.string()),
                         "To let it: " + place.install(),
                         {{"file", place.file.string()}}});
    return found;
}

}  // namespace

Findings check_clients(const DoctorEnvironment& environment, const Config& config) {
    const ClientSurroundings surroundings{environment.variables, environment.current_folder,
                                          environment.macos};
    Findings found;
    for (const auto& client : clients())
        for (const auto scope : {ClientScope::user, ClientScope::project}) {
            const auto file = client_file(client, scope, surroundings);
            if (!file) continue;
            // In the home folder both are the same.
            if (scope == ClientScope::project &&
                file == client_file(client, ClientScope::user, surroundings))
                continue;
            for (auto& finding : of_file(environment, config, {client, scope, *file}))
                found.push_back(std::move(finding));
        }
    if (found.empty())
        found.push_back({"clients", CheckState::note, "no client has a configuration yet",
                         "To make one: blender-mcpd install --client claude-code (see --help)"});
    return found;
}

}  // namespace blender_mcpd::app
