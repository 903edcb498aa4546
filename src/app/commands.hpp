// What each subcommand does. All return the exit code: 0 done, 1 failed, 2 wrong usage.
#pragma once

#include <blender_mcpd/app/config.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace blender_mcpd::app {

/// Serves one MCP client on standard input and output until end of input or a signal.
int run_stdio(const Config& config);

/// Serves MCP clients over HTTP until a signal. `sources` are what `config` was read from: SIGHUP
/// reads them anew.
int run_serve(const Config& config, const ConfigSources& sources);

struct CallCommand {
    std::string tool;
    std::string json;  // the arguments as one JSON object; may be empty
    std::vector<std::string>
        arguments;      // "name=value", value as JSON or, when it is none, as a string
    std::string image;  // where to write an image; empty: <tool>.png in the current folder
};

/// Calls one tool in this process and prints the result.
int run_call(const Config& config, const CallCommand& command);

/// Prints the metrics of the daemons that run, for Prometheus.
int run_metrics(const Config& config);

struct InstallCommand {
    std::string client;  // an id of clients.hpp
    std::string name = "blender";
    std::string scope = "user";
    bool print = false;                  // instead of writing
    bool force = false;                  // over an entry that starts something else
    std::vector<std::string> arguments;  // what the entry passes on to us, before `stdio`
};

/// Adds `install` and `uninstall`.
void add_install(CLI::App& app, InstallCommand& command);
/// Tells a client how to start this program.
int run_install(const InstallCommand& command);
/// Takes that back.
int run_uninstall(const InstallCommand& command);

struct ServiceCommand {
    std::string action;  // install, uninstall or status; empty: none was asked for
    bool user = false;   // which it is without `system` in any case
    bool system = false;
    bool socket = false;  // with a .socket unit
    bool enable = false;
    bool print = false;                  // instead of writing
    bool force = false;                  // over a unit of somebody else's
    std::vector<std::string> arguments;  // what the unit passes on to us, before `serve`
};

/// Adds `service`; `command` must live as long as `app`.
void add_service(CLI::App& app, ServiceCommand& command);
/// Writes, removes or shows the systemd units that start this program. `status`: 0 when it runs.
int run_service(const ServiceCommand& command);

struct DoctorCommand {
    bool json = false;
    bool fix = false;
};

/// Adds `doctor`.
void add_doctor(CLI::App& app, DoctorCommand& command);
/// Checks the surroundings of this program; also when its configuration is wrong. 1 when there is
/// an error.
int run_doctor(const ConfigSources& sources, const DoctorCommand& command);

struct DemoCommand {
    std::string output = "demo.png";
    std::vector<std::string> server_arguments;  // passed on to the server that the demo starts
};

/// Builds and renders a small scene as an MCP client of a second blender-mcpd, over stdio.
int run_demo(const DemoCommand& command);

struct ReplayCommand {
    std::vector<std::string> files;  // in order
    bool only_edits = false;
    std::size_t from = 1;  // the number of the first call
    bool json = false;     // one line for each call
};

/// Adds `replay`; `command` must live as long as `app`.
void add_replay(CLI::App& app, ReplayCommand& command);
/// Runs the calls of an audit log in a Blender of its own. 0: the same came of all that ran; 1:
/// not, or a signal came first; 2: the files cannot be used, or there is no Blender.
int run_replay(const Config& config, const ReplayCommand& command);

struct CreditsCommand {
    std::string file;  // a .blend; empty: what is open in the Blender that runs
    bool json = false;
    bool markdown = false;
};

/// Adds `credits`; `command` must live as long as `app`.
void add_credits(CLI::App& app, CreditsCommand& command);
/// Says whose assets are in a scene. Starts a Blender for a file only, and changes nothing.
int run_credits(const Config& config, const CreditsCommand& command);

struct PolicyCommand {
    std::string policy;                      // empty: that of the configuration
    std::vector<std::string> allow_modules;  // empty: all
    std::vector<std::string> trusted_folders;
    std::vector<std::string> files;  // "-": standard input
    bool json = false;               // one line of JSON per file
};

/// Says what the script policy finds in the files. 1 when it would not run one of them as it is.
int run_policy_check(const Config& config, const PolicyCommand& command);

/// Lists the rules of the script policy.
int run_policy_rules();

struct AddonCommand {
    std::string action;   // install, uninstall, path or build; empty: none was asked for
    std::string blender;  // path; empty, and no version: all that are found
    std::string version;  // "4.2"
    bool enable = false;
    std::string output;  // of build; empty: its name and version, in the current folder
};

/// The subcommand and its options; `command` must live as long as `app`.
void add_addon(CLI::App& app, AddonCommand& command);
/// Installs, removes, finds or packs the add-on, and says what it did.
int run_addon(const Config& config, const AddonCommand& command);

}  // namespace blender_mcpd::app
