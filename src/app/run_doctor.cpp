#include "commands.hpp"
#include "doctor.hpp"
#include "doctor_run.hpp"
#include "own_program.hpp"

#include <blender_mcpd/blender/sandbox.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

#include <unistd.h>

namespace blender_mcpd::app {

namespace {

#ifdef __APPLE__
constexpr bool macos = true;
#else
constexpr bool macos = false;
#endif

// All of it within 5 s, the start of the program and the output included.
constexpr std::chrono::milliseconds time_limit{4'500};
// Of that, for the configuration: every check needs it.
constexpr std::chrono::milliseconds configuration_limit{1'000};

using Loaded = boost::system::result<LoadedConfig, ConfigErrors>;

/// Reads the configuration on a thread of its own: a file may be on a disk that hangs.
class Loading {
  public:
    explicit Loading(const ConfigSources& sources)
        : task_([sources] { return load_config(sources); }),
          loaded_(task_.get_future()),
          thread_([this] { task_(); }) {}

    /// Errors when it takes longer.
    [[nodiscard]] Loaded wait(std::chrono::milliseconds limit) {
        if (loaded_.wait_for(limit) == std::future_status::ready) return loaded_.get();
        return ConfigErrors{{"configuration",
                             fmt::format("reading it took longer than {} ms", limit.count()),
                             "See whether its disk hangs, or name another file with --config"}};
    }
    [[nodiscard]] bool finished() const { return !loaded_.valid(); }

  private:
    std::packaged_task<Loaded()> task_;
    std::future<Loaded> loaded_;
    std::jthread thread_;
};

DoctorEnvironment real_environment(bool fix) {
    std::error_code error;
    DoctorEnvironment environment;
    environment.variables = process_environment();
    environment.current_folder = std::filesystem::current_path(error);
    environment.program = own_program().value_or(std::filesystem::path());
    environment.blender_places = blender::usual_places({});
    environment.macos = macos;
    environment.fix = fix;
    environment.identify = &identify_endpoint;
    environment.landlock_abi = &blender::landlock_abi;
    return environment;
}

}  // namespace

std::span<const Check> all_checks() {
    static constexpr std::array checks{
        Check{"blender", &check_blender},
        Check{"other blenders", &check_other_blenders},
        Check{"add-on", &check_addon},
        Check{"open blenders", &check_descriptors},
        Check{"endpoint", &check_endpoint},
        Check{"daemon", &check_daemons},
        Check{"http", &check_http},
        Check{"token", &check_token},
        Check{"folders", &check_folders},
        Check{"keys", &check_keys},
        Check{"asset folders", &check_asset_folders},
        Check{"clients", &check_clients},
        Check{"sandbox", &check_sandbox},
        Check{"display", &check_display},
    };
    return checks;
}

Findings check_configuration(const boost::system::result<LoadedConfig, ConfigErrors>& loaded) {
    if (loaded)
        return {{"configuration",
                 CheckState::ok,
                 loaded->file.empty() ? "there is no file: the defaults hold"
                                      : fmt::format("{} is good", loaded->file),
                 {},
                 {{"file", loaded->file}}}};
    Findings found;
    for (const auto& error : loaded.error())
        found.push_back({"configuration", CheckState::error,
                         fmt::format("{}: {}", error.where, error.message), error.remedy});
    return found;
}

void add_doctor(CLI::App& app, DoctorCommand& command) {
    auto* doctor = app.add_subcommand(
        "doctor",
        "Check everything that a Blender, a client and this program need, and say what to do");
    doctor->add_flag("--json", command.json,
                     "Print an array of {check, state, message, remedy, facts}");
    doctor->add_flag(
        "--fix", command.fix,
        "Do what is safe: close files of ours to others, remove what dead Blenders left");
    doctor->footer("Exit codes: 0 all is fine, also with notes and warnings; 1 there is an error.");
}

int run_doctor(const ConfigSources& sources, const DoctorCommand& command) {
    const auto deadline = std::chrono::steady_clock::now() + time_limit;
    Loading loading(sources);
    const auto loaded = loading.wait(configuration_limit);
    auto found = check_configuration(loaded);
    const auto config = loaded ? loaded->values : Config{};
    CheckRun run(all_checks(), real_environment(command.fix), config);
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    for (auto& finding : run.wait(left))
        found.push_back(std::move(finding));
    fmt::print("{}{}", command.json ? findings_as_json(found) : findings_as_text(found),
               command.json ? "\n" : "");
    const int code = std::ranges::any_of(
                         found, [](const Finding& one) { return one.state == CheckState::error; })
                         ? 1
                         : 0;
    if (!run.finished() || !loading.finished()) {
        // What hangs in the kernel cannot be ended otherwise.
        std::fflush(stdout);
        ::_exit(code);
    }
    return code;
}

}  // namespace blender_mcpd::app
