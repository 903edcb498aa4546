#include "client_setup.hpp"
#include "commands.hpp"
#include "own_program.hpp"

#include <blender_mcpd/core/text.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

namespace blender_mcpd::app {

namespace {

using Change = SetupOutcome::Change;

#ifdef __APPLE__
constexpr bool macos = true;
#else
constexpr bool macos = false;
#endif

constexpr int failed = 1;
constexpr int wrong_usage = 2;

int fail(const core::Error& error, int code = failed) {
    fmt::print(stderr, "{}\n", core::describe(error));
    return code;
}

core::Result<ClientSetup> setup_of(const InstallCommand& command) {
    ClientSetup setup;
    setup.client = find_client(command.client);
    if (setup.client == nullptr)
        return core::Error{core::ErrorCode::invalid,
                           "--client takes no \"" + core::excerpt(command.client) + '"',
                           fmt::format("It takes {}", fmt::join(client_ids(), ", "))};
    if (!is_entry_name(command.name))
        return core::Error{core::ErrorCode::invalid,
                           "--name takes no \"" + core::excerpt(command.name) + '"',
                           "Take letters, digits, - and _, at most 64"};
    const auto scope = command.scope == "project" ? ClientScope::project : ClientScope::user;
    std::error_code error;
    const ClientSurroundings surroundings{process_environment(),
                                          std::filesystem::current_path(error), macos};
    const auto file = client_file(*setup.client, scope, surroundings);
    if (!file)
        return core::Error{core::ErrorCode::invalid,
                           scope == ClientScope::project
                               ? fmt::format("{} has no file for a project", setup.client->name)
                               : std::string("HOME is not set"),
                           scope == ClientScope::project ? "Leave --scope away" : "Set it"};
    setup.file = *file;
    setup.name = command.name;
    setup.force = command.force;
    const auto program = own_program();
    if (!program)
        return core::Error{core::ErrorCode::invalid,
                           "the file of this program is not there any more",
                           "Start the new one, by its full path"};
    setup.command.program = program->string();
    setup.command.arguments = command.arguments;
    setup.command.arguments.emplace_back("stdio");
    return setup;
}

/// For a shell.
std::string quoted(const std::string& word) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@+";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string text = "'";
    for (const char character : word)
        text += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return text + '\'';
}

void print_snippet(const ClientSetup& setup, const InstallCommand& command) {
    fmt::print("In {}, for {}:\n\n{}\n", setup.file.string(), setup.client->name,
               client_snippet(setup));
    if (setup.client->id != "claude-code") return;
    auto line = fmt::format("claude mcp add --scope {} {} -- {}", command.scope, setup.name,
                            quoted(setup.command.program));
    for (const auto& argument : setup.command.arguments)
        line += ' ' + quoted(argument);
    fmt::print("\nOr let Claude Code write it:\n\n{}\n", line);
}

void report(const ClientSetup& setup, const SetupOutcome& outcome) {
    const auto file = outcome.file.string();
    switch (outcome.change) {
        case Change::none:
            break;
        case Change::added:
            fmt::print("Added \"{}\" to {}{}\n", setup.name, file,
                       outcome.backup.empty() ? ", which is new" : "");
            break;
        case Change::replaced:
            fmt::print("Replaced \"{}\" in {}. It was:\n{}\n", setup.name, file, outcome.old_entry);
            break;
        case Change::removed:
            fmt::print("Removed \"{}\" from {}. It was:\n{}\n", setup.name, file,
                       outcome.old_entry);
            break;
    }
    if (outcome.file != setup.file) fmt::print("{} leads to that file\n", setup.file.string());
    if (!outcome.backup.empty())
        fmt::print("What was there before is in {}\n", outcome.backup.string());
}

}  // namespace

void add_install(CLI::App& app, InstallCommand& command) {
    auto* install = app.add_subcommand(
        "install", "Tell an AI client how to start this program, with the flags given here");
    auto* uninstall = app.add_subcommand("uninstall", "Take that back");
    for (auto* subcommand : {install, uninstall}) {
        subcommand
            ->add_option("--client", command.client,
                         fmt::format("{}", fmt::join(client_ids(), ", ")))
            ->required()
            ->type_name("CLIENT");
        subcommand->add_option("--name", command.name,
                               "What the client calls it (default: blender)");
        subcommand
            ->add_option("--scope", command.scope,
                         "user: in all that you do (default); project: in the current folder")
            ->check(CLI::IsMember({"user", "project"}))
            ->type_name("SCOPE");
    }
    install->add_flag("--print", command.print, "Only print what to write, and where");
    install->add_flag("--force", command.force,
                      "Replace an entry of that name that starts something else");
    uninstall->add_flag("--force", command.force,
                        "Remove the entry even if it starts something else");
}

int run_install(const InstallCommand& command) {
    const auto setup = setup_of(command);
    if (!setup) return fail(setup.error(), wrong_usage);
    if (command.print) {
        print_snippet(*setup, command);
        return 0;
    }
    const auto outcome = install_in_client(*setup);
    if (!outcome) return fail(outcome.error());
    report(*setup, *outcome);
    if (outcome->change == Change::none)
        fmt::print("\"{}\" in {} starts this program already: nothing was changed\n", setup->name,
                   outcome->file.string());
    else
        fmt::print("{}\n", setup->client->next);
    return 0;
}

int run_uninstall(const InstallCommand& command) {
    const auto setup = setup_of(command);
    if (!setup) return fail(setup.error(), wrong_usage);
    const auto outcome = uninstall_from_client(*setup);
    if (!outcome) return fail(outcome.error());
    report(*setup, *outcome);
    if (outcome->change == Change::none)
        fmt::print("There is no \"{}\" in {}: nothing was changed\n", setup->name,
                   outcome->file.string());
    return 0;
}

}  // namespace blender_mcpd::app
