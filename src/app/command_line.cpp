#include "command_places.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "daemon.hpp"
#include "manual.hpp"
#include "version.hpp"

#include <blender_mcpd/app/command_line.hpp>
#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/tools/documentation.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>

namespace blender_mcpd::app {

namespace {

struct Flag {
    const char* name;
    const char* key;
    const char* help;
};

// The settings that are wanted often enough to have a flag. All others: the file or the
// environment.
constexpr Flag flags[] = {
    {"--blender", "blender.executable",
     "Full path of the Blender to start (default: search for one)"},
    {"--blender-host", "blender.host", "Where a Blender add-on listens"},
    {"--blender-port", "blender.port", "Port at which a Blender add-on listens"},
    {"--launch", "blender.launch", "Start a headless Blender: auto, always or never"},
    {"--blend-file", "blender.blend_file", "Full path of the .blend file to open at start"},
    {"--log-level", "log.level", "trace, debug, info, warn, error or off"},
    {"--log-format", "log.format", "text or json"},
    {"--log-file", "log.file", "Full path of a log file (default: standard error)"},
};

// The same of `serve`.
constexpr Flag serve_flags[] = {
    {"--host", "http.host", "Address to listen on (default: 127.0.0.1)"},
    {"--port", "http.port", "Port to listen on; 0: any that is free (default: 9877)"},
    {"--token-file", "http.token_file",
     "Full path of the file with the token (default: one of your own)"},
};

struct CommandLine {
    CLI::App app{"blender-mcpd connects any AI client (MCP) to any Blender.", "blender-mcpd"};
    std::string config_file;
    std::map<std::string, std::string> flag_values;
    std::string attach;
    bool no_auth = false;
    InstallCommand install;
    ServiceCommand service;
    DoctorCommand doctor;
    CallCommand call;
    DemoCommand demo;
    ReplayCommand replay;
    CreditsCommand credits;
    PolicyCommand policy;
    AddonCommand addon;
    bool tools_markdown = false;
    bool tools_json = false;
    std::string completion_shell;
    std::string manual_part;
    CLI::App* stdio_command = nullptr;
    CLI::Option* attach_option = nullptr;
    CLI::App* serve_command = nullptr;
    CLI::App* call_command = nullptr;
    CLI::App* demo_command = nullptr;
    CLI::App* config_command = nullptr;
    CLI::App* policy_command = nullptr;
    CLI::App* metrics_command = nullptr;
    CLI::App* tools_command = nullptr;
    CLI::App* completion_command = nullptr;
    CLI::App* manual_command = nullptr;

    CommandLine() {
        app.set_version_flag("--version", "blender-mcpd " + std::string(version));
        app.fallthrough();
        app.require_subcommand(0, 1);
        app.footer(
            "Without a subcommand it is `stdio`. Every setting: `blender-mcpd config show`, and "
            "the environment as\n"
            "BLENDER_MCPD_<SECTION>_<KEY>. Exit codes: 0 done, 1 failed, 2 wrong usage or "
            "configuration.");
        app.add_option("--config", config_file,
                       "Configuration file (default: ~/.config/blender-mcpd/config.toml)");
        for (const auto& flag : flags)
            app.add_option(flag.name, flag_values[flag.name], flag.help);

        stdio_command = app.add_subcommand(
            "stdio", "Serve one MCP client on standard input and output (the default)");
        attach_option =
            stdio_command
                ->add_option("--attach", attach,
                             "Hand the client to a daemon that runs: auto, always or never "
                             "(without a value: always)")
                ->expected(0, 1)
                ->type_name("WHEN");

        serve_command = app.add_subcommand("serve", "Serve MCP clients over HTTP");
        for (const auto& flag : serve_flags)
            serve_command->add_option(flag.name, flag_values[flag.name], flag.help);
        serve_command->add_flag("--no-auth", no_auth, "Let every program on this machine in");

        call_command = app.add_subcommand("call", "Call one tool, print the result and exit");
        call_command->add_option("TOOL", call.tool, "Name of the tool, for example get_scene_info")
            ->required();
        call_command->add_option("JSON", call.json, "Its arguments as one JSON object");
        call_command
            ->add_option("--arg", call.arguments, "One argument as name=value; may be repeated")
            ->type_name("NAME=VALUE");
        call_command->add_option("--image", call.image,
                                 "Where to write an image (default: TOOL.png)");

        demo_command = app.add_subcommand(
            "demo", "Build and render a small scene, and show how to connect a client");
        demo_command->add_option("--output", demo.output,
                                 "Where to write the picture (default: demo.png)");

        config_command = app.add_subcommand("config", "Look at the configuration");
        config_command->require_subcommand(1);
        config_command->add_subcommand("show",
                                       "Print the effective settings and where each comes from");

        add_install(app, install);
        add_service(app, service);
        add_doctor(app, doctor);

        metrics_command = app.add_subcommand(
            "metrics", "Print the metrics of the blender-mcpd that run, in Prometheus' format");

        tools_command =
            app.add_subcommand("tools", "List the tools; an asterisk marks those that clients get");
        tools_command->add_flag("--markdown", tools_markdown,
                                "All that there is to know about each of them");
        tools_command->add_flag("--json", tools_json,
                                "Name, title and description of those that clients get");

        add_credits(app, credits);
        add_replay(app, replay);
        add_policy_command();
        add_addon(app, addon);
        add_document_commands();
    }

    // Packages are made with them.
    void add_document_commands() {
        constexpr auto hidden = "";
        completion_command = app.add_subcommand("completion", "Print the completion of a shell");
        completion_command->group(hidden)
            ->add_option("SHELL", completion_shell, "bash, zsh or fish")
            ->required()
            ->check(CLI::IsMember({"bash", "zsh", "fish"}));
        manual_command = app.add_subcommand("manual", "Print a part of a manual page");
        manual_command->group(hidden)
            ->add_option("PART", manual_part, "commands or settings")
            ->required()
            ->check(CLI::IsMember({"commands", "settings"}));
    }

    void add_policy_command() {
        policy_command = app.add_subcommand("policy", "Look at the script policy");
        policy_command->require_subcommand(1);
        policy_command->add_subcommand("rules", "List its rules");
        auto* check = policy_command->add_subcommand("check", "Say what it finds in scripts");
        check->add_option("FILE", policy.files, "The scripts; - is standard input")->required();
        check->add_option("--policy", policy.policy,
                          "off, warn, ask or block (default: script.policy)");
        check
            ->add_option("--allow-modules", policy.allow_modules,
                         "The only modules that may be imported, separated by commas (default: "
                         "script.allow_modules)")
            ->delimiter(',')
            ->allow_extra_args(false);
        check
            ->add_option("--trust", policy.trusted_folders,
                         "Folder whose *.py files are known to be safe; may be repeated")
            ->allow_extra_args(false);
        check->add_flag("--json", policy.json, "Print one line of JSON for each file");
    }

    [[nodiscard]] std::vector<Override> overrides() const {
        std::vector<Override> given;
        for (const auto& flag : flags) {
            if (app.count(flag.name) > 0)
                given.push_back({flag.key, flag_values.at(flag.name), flag.name});
        }
        if (attach_option->count() > 0)
            given.push_back({"mcp.attach", attach.empty() ? "always" : attach, "--attach"});
        for (const auto& flag : serve_flags) {
            if (serve_command->count(flag.name) > 0)
                given.push_back({flag.key, flag_values.at(flag.name), flag.name});
        }
        if (no_auth) given.push_back({"http.auth", "false", "--no-auth"});
        return given;
    }

    // For whoever runs this program with the same settings, in whatever folder.
    [[nodiscard]] std::vector<std::string> passed_on() const {
        std::vector<std::string> arguments;
        if (!config_file.empty())
            arguments.insert(arguments.end(),
                             {"--config", std::filesystem::absolute(config_file).string()});
        for (const auto& given : overrides())
            arguments.insert(arguments.end(), {given.flag, given.text});
        return arguments;
    }
};

int document(const CommandLine& line) {
    const auto places = command_places(line.app);
    if (line.completion_command->parsed())
        fmt::print("{}", completion(line.completion_shell, places).value());
    else
        fmt::print("{}", line.manual_part == "commands" ? manual_of_commands(places)
                                                        : manual_of_settings());
    return 0;
}

std::string tools_text(const CommandLine& line, const Config& config) {
    if (line.tools_markdown) return tools::markdown();
    const auto selection = tool_selection(config);
    return line.tools_json ? tools::list_json(selection) : tools::list(selection);
}

int dispatch(CommandLine& line) {
    ConfigSources sources;
    if (!line.config_file.empty()) sources.file = line.config_file;
    sources.environment = process_environment();
    sources.overrides = line.overrides();
    if (line.completion_command->parsed() || line.manual_command->parsed()) return document(line);
    if (line.app.got_subcommand("doctor")) return run_doctor(sources, line.doctor);
    const auto config = load_config(sources);
    if (!config) {
        fmt::print(stderr, "{}\n", describe(config.error()));
        return 2;
    }
    line.service.arguments = line.passed_on();
    if (!line.service.action.empty()) return run_service(line.service);
    line.install.arguments = line.passed_on();
    if (line.app.got_subcommand("install")) return run_install(line.install);
    if (line.app.got_subcommand("uninstall")) return run_uninstall(line.install);
    if (line.config_command->parsed()) {
        fmt::print("{}", render_effective(*config));
        return 0;
    }
    if (line.policy_command->parsed())
        return line.policy_command->got_subcommand("rules")
                   ? run_policy_rules()
                   : run_policy_check(config->values, line.policy);
    if (!line.addon.action.empty()) return run_addon(config->values, line.addon);
    if (line.metrics_command->parsed()) return run_metrics(config->values);
    if (line.tools_command->parsed()) {
        fmt::print("{}", tools_text(line, config->values));
        return 0;
    }
    const auto& log = config->values.log;
    const auto logging = setup_logging(log.level, log.format, log.file);
    if (!logging) {
        fmt::print(stderr, "{}\n", core::describe(logging.error()));
        return 2;
    }
    if (line.call_command->parsed()) return run_call(config->values, line.call);
    if (line.demo_command->parsed()) {
        line.demo.server_arguments = line.passed_on();
        return run_demo(line.demo);
    }
    if (line.app.got_subcommand("credits")) return run_credits(config->values, line.credits);
    if (line.app.got_subcommand("replay")) return run_replay(config->values, line.replay);
    if (line.serve_command->parsed()) return run_serve(config->values, sources);
    return run_stdio(config->values);
}

std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

/// What was probably meant by the first word that is no subcommand and no option; empty: nothing is
/// near, or what follows may be the value of an option.
std::string meant(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* place = &app;
    for (const auto& word : words) {
        if (word.starts_with('-')) {
            auto options = option_names(app);
            std::ranges::copy(option_names(*place), std::back_inserter(options));
            const auto name = word.substr(0, word.find('='));
            return std::ranges::find(options, name) == options.end() ? core::nearest(name, options)
                                                                     : std::string();
        }
        std::vector<std::string> names;
        const CLI::App* found = nullptr;
        for (const auto* command : place->get_subcommands([](const CLI::App*) { return true; })) {
            if (!command->get_group().empty()) names.push_back(command->get_name());
            if (command->get_name() == word) found = command;
        }
        if (found == nullptr) return core::nearest(word, names);
        place = found;
    }
    return {};
}

int refuse(const CLI::App& app, const CLI::ParseError& error,
           const std::vector<std::string>& words) {
    const int status = app.exit(error) == 0 ? 0 : 2;
    if (status == 0) return status;
    const auto near = meant(app, words);
    if (!near.empty()) fmt::print(stderr, "Did you mean {}?\n", near);
    return status;
}

}  // namespace

int run(int argc, char** argv) {
    try {
        CommandLine line;
        try {
            line.app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return refuse(line.app, error, {argv + 1, argv + argc});
        }
        return dispatch(line);
    } catch (const std::exception& error) {
        fmt::print(stderr, "blender-mcpd: {}\n", error.what());
        return 1;
    }
}

}  // namespace blender_mcpd::app
