#include "commands.hpp"
#include "own_program.hpp"
#include "service_units.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr int failed = 1;

int fail(const core::Error& error) {
    fmt::print(stderr, "{}\n", core::describe(error));
    return failed;
}

ServiceScope scope_of(const ServiceCommand& command) {
    return command.system ? ServiceScope::system : ServiceScope::user;
}

/// As it is typed, without what comes after it.
std::string systemctl(const ServiceCommand& command) {
    return command.system ? "sudo systemctl" : "systemctl --user";
}

/// Runs systemctl with our standard streams. Its exit code; -1, with a message, when there is none.
int run_systemctl(const ServiceCommand& command, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), command.system ? "--system" : "--user");
    arguments.insert(arguments.begin(), "systemctl");
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    (void)std::fflush(stdout);
    pid_t child = 0;
    int error = ::posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ);
    int status = 0;
    while (error == 0 && ::waitpid(child, &status, 0) < 0)
        error = errno == EINTR ? 0 : errno;
    if (error == 0) return WIFEXITED(status) ? WEXITSTATUS(status) : failed;
    fmt::print(stderr, "cannot run systemctl: {}\n", std::strerror(error));
    return -1;
}

core::Result<std::vector<std::string>> command_of(const ServiceCommand& command) {
    const auto program = own_program();
    if (!program)
        return core::Error{core::ErrorCode::invalid,
                           "the file of this program is not there any more",
                           "Start the new one, by its full path"};
    std::vector<std::string> words{program->string()};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    return words;
}

core::Result<void> check_rights(const ServiceCommand& command) {
    if (!command.system || ::geteuid() == 0) return {};
    return core::Error{core::ErrorCode::invalid, "units of the system belong to root",
                       "Run it with sudo, or with --user"};
}

std::vector<UnitKind> kinds_of(const ServiceCommand& command) {
    std::vector<UnitKind> kinds{UnitKind::service};
    if (command.socket) kinds.push_back(UnitKind::socket);
    return kinds;
}

/// What starts it: the socket, if there is one.
std::string started_unit(const ServiceCommand& command) {
    return unit_name(command.socket ? UnitKind::socket : UnitKind::service);
}

int enable(const ServiceCommand& command) {
    for (const auto& arguments :
         {std::vector<std::string>{"daemon-reload"},
          std::vector<std::string>{"enable", "--now", started_unit(command)}})
        if (run_systemctl(command, arguments) != 0) return failed;
    fmt::print("It is enabled and runs: {} status {}\n", systemctl(command), started_unit(command));
    return 0;
}

int install(const ServiceCommand& command) {
    const auto words = command_of(command);
    if (!words) return fail(words.error());
    const auto folder = unit_folder(scope_of(command), process_environment());
    if (!folder) return fail(folder.error());
    if (!command.print)
        if (const auto allowed = check_rights(command); !allowed) return fail(allowed.error());
    for (const auto kind : kinds_of(command)) {
        const auto file = *folder / unit_name(kind);
        const auto text = unit_text(scope_of(command), kind, *words);
        if (command.print) {
            fmt::print("In {}:\n\n{}\n", file.string(), text);
            continue;
        }
        if (const auto written = write_unit(file, text, command.force); !written)
            return fail(written.error());
        fmt::print("Wrote {}\n", file.string());
    }
    if (command.print) return 0;
    if (command.enable) return enable(command);
    fmt::print("Next: {0} daemon-reload && {0} enable --now {1}\n", systemctl(command),
               started_unit(command));
    if (!command.system)
        fmt::print("To have it run also while you are not logged in: loginctl enable-linger\n");
    return 0;
}

int uninstall(const ServiceCommand& command) {
    if (const auto allowed = check_rights(command); !allowed) return fail(allowed.error());
    const auto folder = unit_folder(scope_of(command), process_environment());
    if (!folder) return fail(folder.error());
    std::vector<fs::path> removed;
    for (const auto kind : {UnitKind::socket, UnitKind::service}) {
        const auto gone = remove_unit(*folder / unit_name(kind), command.force);
        if (!gone) return fail(gone.error());
        removed.insert(removed.end(), gone->begin(), gone->end());
    }
    for (const auto& path : removed)
        fmt::print("Removed {}\n", path.string());
    if (removed.empty())
        fmt::print("There is no unit of ours in {}: nothing was changed\n", folder->string());
    else
        fmt::print("Next: {0} stop '{1}.*' && {0} daemon-reload\n", systemctl(command),
                   fs::path(unit_name(UnitKind::service)).stem().string());
    return 0;
}

void describe_unit(const fs::path& file, const std::string& wanted) {
    const auto state = unit_state(file);
    if (state == UnitState::absent) return;
    std::string_view what = "not written by this program";
    if (state == UnitState::ours)
        what = is_unit(file, wanted) ? "starts this program"
                                     : "starts another program, or is of another version";
    fmt::print("{}: {}{}\n", file.string(), what, links_to_unit(file).empty() ? "" : ", enabled");
}

int status(const ServiceCommand& command) {
    const auto words = command_of(command);
    if (!words) return fail(words.error());
    const auto folder = unit_folder(scope_of(command), process_environment());
    if (!folder) return fail(folder.error());
    bool there = false;
    for (const auto kind : {UnitKind::service, UnitKind::socket}) {
        const auto file = *folder / unit_name(kind);
        const auto package =
            package_unit_folder(scope_of(command), words->front()) / unit_name(kind);
        describe_unit(file, unit_text(scope_of(command), kind, *words));
        std::error_code none;
        const bool packaged = fs::exists(package, none);
        if (packaged)
            fmt::print("{}: of the package{}\n", package.string(),
                       unit_state(file) == UnitState::absent ? "" : ", hidden by the one above");
        there = there || packaged || unit_state(file) != UnitState::absent;
    }
    if (!there) {
        fmt::print("No unit is installed; `blender-mcpd service install` writes one\n");
        return failed;
    }
    return run_systemctl(command, {"--no-pager", "status", unit_name(UnitKind::service)}) == 0
               ? 0
               : failed;
}

void add_scope(CLI::App& action, ServiceCommand& command) {
    auto* user = action.add_flag("--user", command.user, "A service of yours (the default)");
    action.add_flag("--system", command.system, "A service of the machine, as a user of its own")
        ->excludes(user);
}

}  // namespace

void add_service(CLI::App& app, ServiceCommand& command) {
    auto* service = app.add_subcommand("service", "Let systemd run `serve`");
    service->require_subcommand(1);
    auto* install = service->add_subcommand(
        "install", "Write the unit that starts this program, with the flags given here");
    add_scope(*install, command);
    install->add_flag("--socket", command.socket,
                      "Also the unit that starts it when the first client connects");
    auto* print =
        install->add_flag("--print", command.print, "Only print what to write, and where");
    install->add_flag("--enable", command.enable, "Have systemctl enable and start it")
        ->excludes(print);
    install->add_flag("--force", command.force, "Replace units that this program has not written");
    auto* uninstall = service->add_subcommand("uninstall", "Take that back");
    add_scope(*uninstall, command);
    uninstall->add_flag("--force", command.force,
                        "Remove units that this program has not written as well");
    add_scope(*service->add_subcommand("status", "Say what is installed, and whether it runs"),
              command);
    service->callback(
        [&command, service] { command.action = service->get_subcommands().front()->get_name(); });
}

int run_service(const ServiceCommand& command) {
    if (command.action == "install") return install(command);
    if (command.action == "uninstall") return uninstall(command);
    return status(command);
}

}  // namespace blender_mcpd::app
