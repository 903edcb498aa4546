#include "daemon.hpp"

#include "asset_options.hpp"
#include "generation_options.hpp"
#include "guard_options.hpp"
#include "state_folder.hpp"
#include "version.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/tools/offers.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

constexpr std::string_view instructions =
    "Controls Blender: look with get_scene_info and get_object_info, build with create_objects, "
    "update_objects and "
    "set_material, and check your work with render. Prefer these tools to execute_blender_code, "
    "which is for what "
    "they cannot do. Angles are degrees, colours linear RGB or #rrggbb. A headless Blender is "
    "started at the first "
    "call that needs one, unless a Blender with blender-mcpd's add-on is open: calls go there. "
    "manage_instances tells of several, and the argument instance of a call says which. Save with "
    "manage_file. When a call fails, its text says whether anything "
    "was changed.";

blender::LaunchMode launch_mode(Launch launch) {
    switch (launch) {
        case Launch::always:
            return blender::LaunchMode::always;
        case Launch::never:
            return blender::LaunchMode::never;
        case Launch::automatic:
            break;
    }
    return blender::LaunchMode::automatic;
}

}  // namespace

std::optional<link::Dialect> dialect_of(Dialect configured) {
    switch (configured) {
        case Dialect::seed:
            return link::Dialect::seed;
        case Dialect::ahujasid:
            return link::Dialect::ahujasid;
        case Dialect::lab:
            return link::Dialect::lab;
        case Dialect::djeada:
            return link::Dialect::djeada;
        case Dialect::ageless:
            return link::Dialect::ageless;
        case Dialect::automatic:
        case Dialect::native:
            break;
    }
    return std::nullopt;
}

namespace {

/// Whether the terminal that we were started from is there; false also when there was none.
bool has_terminal() {
    const int terminal = ::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (terminal >= 0) ::close(terminal);
    return terminal >= 0;
}

asio::awaitable<void> run_now(std::function<void()> action) {
    action();
    co_return;
}

}  // namespace

blender::SandboxMode sandbox_mode(Sandbox sandbox) {
    switch (sandbox) {
        case Sandbox::off:
            return blender::SandboxMode::off;
        case Sandbox::automatic:
            return blender::SandboxMode::automatic;
        case Sandbox::require:
            break;
    }
    return blender::SandboxMode::require;
}

tools::ToolSelection tool_selection(const Config& config) {
    return {config.tools.set, config.tools.enable, config.tools.disable, config.tools.read_only};
}

blender::InstanceOptions instance_options(const Config& config,
                                          const std::map<std::string, std::string>& environment) {
    const auto assets = asset_options(config, environment);
    blender::InstanceOptions options;
    options.mode = launch_mode(config.blender.launch);
    options.launch = {config.blender.executable,
                      config.blender.blend_file,
                      config.blender.factory_startup,
                      config.blender.start_timeout,
                      config.blender.memory_limit_mb,
                      {sandbox_mode(config.blender.sandbox),
                       guard_options(config, environment).roots, assets.folders, assets.cache},
                      config.script.audit_hook};
    options.listener = {config.blender.host, config.blender.port};
    options.dialect = dialect_of(config.blender.dialect);
    options.detect = config.blender.dialect == Dialect::automatic;
    options.bootstrap = config.blender.bootstrap == Bootstrap::automatic;
    options.pool.max = config.pool.max;
    options.pool.min = config.pool.min;
    // One client with all that it may have at once must not fill the queue for the others.
    options.pool.max_waiters = 16 * config.limits.concurrent;
    options.pool.acquire_timeout = config.pool.acquire_timeout;
    options.pool.idle_timeout = config.pool.idle_timeout;
    options.pool.health_interval = config.pool.health_interval;
    options.pool.max_requests_per_connection = config.pool.max_requests_per_connection;
    options.connection.connect_timeout = config.pool.connect_timeout;
    options.connection.inactivity_timeout = config.calls.inactivity_timeout;
    options.connection.interrupt_grace = config.calls.interrupt_grace;
    options.connection.max_reply_bytes = config.calls.max_reply_bytes;
    options.connection.max_request_bytes = config.calls.max_request_bytes;
    options.call_timeout = config.calls.timeout;
    options.health_interval = config.pool.health_interval;
    options.kill_stuck_after = config.blender.kill_stuck_after;
    options.recovery.enabled = config.recovery.enabled;
    options.recovery.interval = config.recovery.interval;
    options.recovery.keep = config.recovery.keep;
    options.recovery.folder = lasting_folder(environment).value_or("");
    options.recovery.version = version;
    return options;
}

Daemon::Daemon(const Config& config) : Daemon(config, process_environment()) {}

Daemon::Daemon(const Config& config, const std::map<std::string, std::string>& environment)
    : timers_(io_.get_executor(), clock_),
      alerts_(clock_, metrics_),
      shutdown_(timers_),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      blenders_(timers_, metrics_,
                {instance_options(config, environment), descriptor_folder(environment)}),
      guards_(timers_, clock_, metrics_, guard_options(config, environment)),
      recent_calls_(clock_),
      assets_(timers_, metrics_, asset_options(config, environment)),
      generation_(timers_, metrics_, generation_options(config, environment)),
      tool_options_{std::string(version),
                    config.calls.script_timeout,
                    config.calls.render_timeout,
                    tool_selection(config),
                    &renders_,
                    &recent_calls_,
                    &assets_,
                    config.assets.pack,
                    &generation_},
      audit_(clock_, metrics_, std::make_unique<AuditFile>()),
      server_(timers_, metrics_,
              {"blender-mcpd", "Blender", std::string(version), std::string(instructions)}, {}, {}),
      scene_changes_(tools::offer(server_.registry(), blenders_, guards_, timers_,
                                  {tool_options_, render_settings(config)})),
      metrics_file_(timers_, metrics_, config.metrics.file),
      had_terminal_(has_terminal()) {
    tools::add_tools(server_.registry(), blenders_, guards_, tool_options_);
    for (const auto& rule : {core::timer_leak, tools::ttl_out_of_range,
                             tools::many_validation_failures, tools::many_non_finite})
        alerts_.add(rule);
    register_shutdown();
    guards_.limiter.start(timers_);
    metrics_file_.start();
    start_audit(config);
}

void Daemon::register_shutdown() {
    using enum core::ShutdownPriority;
    const auto add = [&](const char* name, core::ShutdownPriority priority, auto handler) {
        ends_.push_back(std::move(*shutdown_.add(name, priority, std::move(handler))));
    };
    const auto plain = [](auto action) {
        return [action]() -> asio::awaitable<void> { return run_now(action); };
    };
    add("health-check-interval", checks, plain([this] { blenders_.stop_health_checks(); }));
    add("tasks", calls, [this] { return server_.end_tasks(); });
    add("rate-limiter", limits, plain([this] { guards_.limiter.shutdown(); }));
    add("connection-pool", connections, plain([this] { blenders_.close_connections(); }));
    add("blender", core::ShutdownPriority::blender, [this] { return blenders_.close(); });
    add("audit-log", storage, [this] { return audit_.finish(); });
    add("metrics", storage, plain([this] { metrics_file_.finish(); }));
}

Daemon::~Daemon() = default;

int Daemon::run(asio::awaitable<int> work) {
    wait_for_signal();
    asio::co_spawn(io_, run_work(std::move(work)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    io_.run();
    core::finish_aside(io_);
    return exit_code_;
}

asio::awaitable<void> Daemon::run_work(asio::awaitable<int> work) {
    const int code = co_await std::move(work);
    if (shutdown_.running()) co_return;  // a signal came first
    exit_code_ = code;
    co_await shut_down();
}

asio::awaitable<void> Daemon::shut_down() {
    (void)co_await shutdown_.run();
    signals_.cancel();
    for (const auto& name : timers_.armed())
        spdlog::warn("timer still armed after shutdown: {}", name);
    metrics_.set(core::timers_leaked, static_cast<std::int64_t>(timers_.close()));
    io_.stop();
}

void Daemon::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        if (shutdown_.running())
            _exit(128 + signal);  // a second one: the user does not want to wait
        wait_for_signal();
        obey(signal);
    });
}

void Daemon::obey(int signal) {
    if (signal == SIGHUP && on_hangup_ && !(had_terminal_ && !has_terminal())) return on_hangup_();
    spdlog::info("signal {}: shutting down", signal);
    asio::co_spawn(io_, shut_down(), asio::detached);
}

void Daemon::start_audit(const Config& config) {
    audit_.configure(audit_options(config));
    server_.set_audit(audit_.on() ? &audit_ : nullptr);
}

void Daemon::reconfigure(const Config& config) {
    start_audit(config);
    guards_.reconfigure(guard_options(config, process_environment()));
}

}  // namespace blender_mcpd::app
