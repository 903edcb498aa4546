#include "launcher.hpp"

#include "sandbox_plan.hpp"

#include <blender_mcpd/blender/locate.hpp>
#include <blender_mcpd/blender/runtime_files.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/own_folder.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/link/handover.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <sys/syscall.h>
#include <unistd.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

core::Result<void> write_runtime(const fs::path& folder) {
    for (const auto& file : runtime_files()) {
        const auto path = folder / file.path;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        std::ofstream out(path, std::ios::binary);
        out << file.text;
        if (!out.flush())
            return core::Error{core::ErrorCode::unavailable, "cannot write " + path.string(),
                               "Free some space there or set TMPDIR to another folder."};
    }
    return {};
}

// Blender gets a clean environment: a PYTHONPATH or a pyenv in front of PATH would give it a
// foreign standard library, and a display that does not answer would block it.
std::vector<std::string> clean_environment(const fs::path& temporary) {
    constexpr std::array kept{"HOME",
                              "USER",
                              "LOGNAME",
                              "LANG",
                              "LC_ALL",
                              "LC_CTYPE",
                              "TZ",
                              "XDG_RUNTIME_DIR",
                              "XDG_CACHE_HOME",
                              "XDG_CONFIG_HOME",
                              "XDG_DATA_HOME",
                              "LD_LIBRARY_PATH",
                              "OCIO",
                              "LIBGL_DRIVERS_PATH"};
    std::vector<std::string> environment{
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TMPDIR=" + temporary.string()};
    for (const char* name : kept) {
        if (const char* value = std::getenv(name))
            environment.push_back(std::string(name) + "=" + value);
    }
    return environment;
}

std::uint64_t address_space(std::int64_t memory_limit_mb) {
    if (memory_limit_mb < 0) return 0;
    if (memory_limit_mb > 0) return static_cast<std::uint64_t>(memory_limit_mb) << 20U;
    const auto pages = sysconf(_SC_PHYS_PAGES);
    const auto page_size = sysconf(_SC_PAGESIZE);
    return pages > 0 && page_size > 0
               ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_size)
               : 0;
}

/// Where a Blender in a sandbox, and no other, keeps shaders that it has compiled: drivers run what
/// they find there. Empty: nowhere.
fs::path cache_of_sandboxes() {
    const char* configured = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    fs::path cache;
    if (configured != nullptr && *configured == '/')
        cache = configured;
    else if (home != nullptr && *home == '/')
        cache = fs::path(home) / ".cache";
    if (cache.empty()) return {};
    cache = cache / "blender-mcpd" / "sandbox";
    return core::make_own_folder(cache) == 0 ? cache : fs::path();
}

/// All that it writes to.
std::vector<fs::path> folders_of(const LaunchOptions& options, const LaunchedBlender& blender,
                                 const std::optional<core::Json>& recovery) {
    auto folders = options.sandbox.folders;
    folders.push_back(blender.folder->path());
    if (!options.blend_file.empty()) folders.push_back(fs::path(options.blend_file).parent_path());
    if (recovery) folders.emplace_back(recovery->value("folder", ""));
    std::erase_if(folders, [](const fs::path& folder) { return !folder.is_absolute(); });
    return folders;
}

core::Json to_json(const std::vector<fs::path>& folders) {
    auto names = core::Json::array();
    for (const auto& folder : folders)
        names.push_back(folder.string());
    return names;
}

core::Json to_json(const Filter& filter) {
    auto instructions = core::Json::array();
    for (const auto& [code, if_true, if_false, value] : filter)
        instructions.push_back({code, if_true, if_false, value});
    return {{"system_call", SYS_seccomp}, {"filter", std::move(instructions)}};
}

SpawnOptions spawn_options(const LaunchOptions& options, const LaunchedBlender& blender) {
    SpawnOptions spawn;
    const auto& folder = blender.folder->path();
    spawn.arguments = {blender.executable, "--background"};
    if (options.factory_startup) spawn.arguments.emplace_back("--factory-startup");
    if (!options.blend_file.empty()) spawn.arguments.push_back(options.blend_file);
    spawn.arguments.insert(spawn.arguments.end(),
                           {"--python", (folder / "runtime" / "start.py").string()});
    spawn.environment = clean_environment(folder / "tmp");
    spawn.address_space_bytes = address_space(options.memory_limit_mb);
    return spawn;
}

/// What the runtime is told on its standard input.
core::Json runtime_settings(const LaunchedBlender& blender,
                            const std::optional<core::Json>& recovery) {
    core::Json settings{{"token", blender.token},
                        {"ready_fd", ChildProcess::report_fd},
                        {"runtime", std::string(runtime_hash())},
                        {"name", "blender"}};
    if (recovery) settings["recovery"] = *recovery;
    return settings;
}

/// Confines what is about to start, and lets it be reached without a network; null: over it.
core::Result<std::shared_ptr<link::Handover>> confine(const LaunchOptions& options,
                                                      std::vector<fs::path> folders,
                                                      LaunchedBlender& blender, SpawnOptions& spawn,
                                                      core::Json& settings) {
    if (options.sandbox.mode == SandboxMode::off) {
        blender.sandbox = {{"mode", "off"}};
        return std::shared_ptr<link::Handover>();
    }
    if (options.sandbox.mode == SandboxMode::automatic && !is_program_itself(blender.executable)) {
        blender.sandbox = {
            {"mode", "auto"},
            {"layers", core::Json::array()},
            {"missing", {"Landlock", "seccomp"}},
            {"reason", blender.executable +
                           " starts a Blender elsewhere, which may need more than a sandbox "
                           "allows; blender.sandbox = \"require\" confines it all the same"}};
        return std::shared_ptr<link::Handover>();
    }
    if (const auto cache = cache_of_sandboxes(); !cache.empty()) {
        std::erase_if(spawn.environment,
                      [](const auto& entry) { return entry.starts_with("XDG_CACHE_HOME="); });
        spawn.environment.push_back("XDG_CACHE_HOME=" + cache.string());
        folders.push_back(cache);
    }
    auto rules = what_blender_may_use(blender.executable, spawn.environment, std::move(folders));
    rules.readable.insert(rules.readable.end(), options.sandbox.readable.begin(),
                          options.sandbox.readable.end());
    if (const auto& kept = options.sandbox.cache; !kept.empty()) {
        core::make_own_folder(kept);
        rules.readable.push_back(kept);
    }
    auto sandbox = make_sandbox(options.sandbox.mode, rules, Abilities{});
    if (!sandbox) return sandbox.error();
    auto handover = link::Handover::make();
    if (!handover) return handover.error();
    blender.endpoint.handover = *handover;
    blender.sandbox = std::move(sandbox->facts);
    spawn.confinement = sandbox->confinement;
    spawn.inherited = (*handover)->far_end();
    settings["handover_fd"] = ChildProcess::inherited_fd;
    if (!sandbox->seal.empty()) settings["seal"] = to_json(sandbox->seal);
    return handover;
}

core::Result<std::shared_ptr<ChildProcess>> start_process(
    core::Timers& timers, const LaunchOptions& options, LaunchedBlender& blender,
    const std::optional<core::Json>& recovery) {
    auto spawn = spawn_options(options, blender);
    auto settings = runtime_settings(blender, recovery);
    auto folders = folders_of(options, blender, recovery);
    if (options.audit_hook) settings["audit_hook"] = {{"folders", to_json(folders)}};
    const auto handover = confine(options, std::move(folders), blender, spawn, settings);
    if (!handover) return handover.error();
    spawn.first_input = core::dump(settings) + "\n";
    auto process = ChildProcess::spawn(timers, std::move(spawn));
    if (*handover) (*handover)->close_far_end();
    return process;
}

core::Error start_failure(const LaunchedBlender& blender, core::ErrorCode code, std::string what) {
    core::Error error{code, std::move(what)};
    const auto tail = blender.process->output_tail();
    if (!tail.empty()) {
        error.message += ". Its last output: " + tail;
        error.details = core::dump({{"output", tail}});
    }
    error.remedy = "Try: " + blender.executable +
                   " --background --factory-startup --python-expr \"print('ok')\"";
    return error;
}

core::Result<link::Endpoint> read_report(const LaunchedBlender& blender, const std::string& line,
                                         std::chrono::milliseconds limit) {
    if (line.empty()) {
        if (const auto status = blender.process->exit_status())
            return start_failure(blender, core::ErrorCode::unavailable,
                                 "Blender ended while starting (" + describe(*status) + ")");
        return start_failure(
            blender, core::ErrorCode::timeout,
            fmt::format("Blender was not ready within {} s (blender.start_timeout_s)",
                        static_cast<double>(limit.count()) / 1000));
    }
    const auto report = core::parse_json(line);
    if (report && report->is_object()) {
        if (const auto failure = report->find("error");
            failure != report->end() && failure->is_string())
            return start_failure(blender, core::ErrorCode::unavailable,
                                 "Blender's runtime did not start: " + failure->get<std::string>());
        if (blender.endpoint.handover) return blender.endpoint;
        if (const auto port = report->find("port"); port != report->end() &&
                                                    port->is_number_unsigned() &&
                                                    port->get<std::uint64_t>() <= 65'535)
            return link::Endpoint{"127.0.0.1", port->get<std::uint16_t>()};
    }
    return start_failure(blender, core::ErrorCode::protocol,
                         "Blender's runtime reported nonsense: " + core::excerpt(line));
}

}  // namespace

boost::asio::awaitable<core::Result<std::shared_ptr<LaunchedBlender>>> launch(
    core::Timers& timers, LaunchOptions options, std::optional<core::Json> recovery,
    core::CancelToken cancel) {
    const auto begin = timers.now();
    const auto executable = find_blender(usual_places(options.executable));
    if (!executable) co_return executable.error();
    if (std::error_code error;
        !options.blend_file.empty() && !fs::is_regular_file(options.blend_file, error))
        co_return core::Error{core::ErrorCode::not_found,
                              "blender.blend_file does not exist: " + options.blend_file};

    const auto blender = std::make_shared<LaunchedBlender>();
    blender->executable = executable->string();
    blender->token = core::random_hex(32);
    const auto folder = PrivateFolder::create();
    if (!folder) co_return folder.error();
    blender->folder = *folder;
    const auto written = write_runtime(blender->folder->path() / "runtime");
    if (!written) co_return written.error();
    std::error_code error;
    fs::create_directory(blender->folder->path() / "tmp", error);

    auto process = start_process(timers, options, *blender, recovery);
    if (!process) co_return process.error();
    blender->process = *process;
    spdlog::debug("started {} as process {}", blender->executable, blender->process->pid());

    const auto line = co_await blender->process->report(options.start_timeout, cancel);
    // The pipe of one that ended closes a moment before the end is noticed.
    constexpr std::chrono::milliseconds notice{500};
    if (line.empty() && !cancel.cancelled()) (void)co_await blender->process->ends_within(notice);
    if (cancel.cancelled())
        co_return core::Error{core::ErrorCode::cancelled,
                              std::string(core::to_string(cancel.reason()))};
    const auto endpoint = read_report(*blender, line, options.start_timeout);
    if (!endpoint) co_return endpoint.error();
    blender->endpoint = *endpoint;
    spdlog::info("{} is ready as process {} after {:.2f} s; sandbox: {}", blender->executable,
                 blender->process->pid(), core::seconds(timers.now() - begin),
                 describe_sandbox(blender->sandbox));
    co_return blender;
}

}  // namespace blender_mcpd::blender
