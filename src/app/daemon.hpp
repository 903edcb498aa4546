// The composition root: everything that a process which serves tools consists of, built from the
// configuration.
#pragma once

#include "audit_log.hpp"
#include "metrics_file.hpp"

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/blender/instances.hpp>
#include <blender_mcpd/core/alerts.hpp>
#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/shutdown.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/server.hpp>
#include <blender_mcpd/tools/guards.hpp>
#include <blender_mcpd/tools/recent_calls.hpp>
#include <blender_mcpd/tools/renders.hpp>
#include <blender_mcpd/tools/selection.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::app {

[[nodiscard]] tools::ToolSelection tool_selection(const Config& config);

/// Of one that is configured as that of an add-on.
[[nodiscard]] std::optional<link::Dialect> dialect_of(Dialect configured);

[[nodiscard]] blender::InstanceOptions instance_options(
    const Config& config, const std::map<std::string, std::string>& environment);

/// Lives on the main thread, which is the loop thread.
class Daemon {
  public:
    explicit Daemon(const Config& config);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Runs `work` to its end, then shuts down. SIGTERM, SIGINT and SIGHUP shut down at once; a
    /// second signal ends the process on the spot. Returns the exit code: what `work` returned, or
    /// 0 after a signal.
    int run(boost::asio::awaitable<int> work);

    /// What SIGHUP does from now on in place of a shutdown, unless the terminal that we were
    /// started from is gone.
    void on_hangup(std::function<void()> action) { on_hangup_ = std::move(action); }

    /// Takes over the settings that can change while it runs, as far as they are its own: limits,
    /// script policy, audit log.
    void reconfigure(const Config& config);

    [[nodiscard]] core::Timers& timers() { return timers_; }
    [[nodiscard]] core::ShutdownRegistry& shutdown() { return shutdown_; }
    [[nodiscard]] mcp::Server& server() { return server_; }
    [[nodiscard]] const core::Metrics& metrics() const { return metrics_; }
    [[nodiscard]] blender::Blenders& blenders() { return blenders_; }
    [[nodiscard]] tools::RecentCalls& recent_calls() { return recent_calls_; }

  private:
    Daemon(const Config& config, const std::map<std::string, std::string>& environment);
    void register_shutdown();
    void start_audit(const Config& config);
    boost::asio::awaitable<void> run_work(boost::asio::awaitable<int> work);
    boost::asio::awaitable<void> shut_down();
    void wait_for_signal();
    void obey(int signal);

    boost::asio::io_context io_{1};
    core::SteadyClock clock_;
    core::Timers timers_;
    core::Metrics metrics_;
    core::Alerts alerts_;
    core::ShutdownRegistry shutdown_;
    boost::asio::signal_set signals_;
    blender::Instances blenders_;
    tools::Guards guards_;
    tools::Renders renders_;
    tools::RecentCalls recent_calls_;
    assets::Assets assets_;
    assets::Generation generation_;
    tools::ToolOptions tool_options_;
    AuditLog audit_;
    mcp::Server server_;
    blender::ChangeSubscription scene_changes_;
    MetricsFile metrics_file_;
    std::function<void()> on_hangup_;
    const bool had_terminal_;
    std::vector<core::ShutdownRegistry::Registration> ends_;
    int exit_code_ = 0;
};

}  // namespace blender_mcpd::app
