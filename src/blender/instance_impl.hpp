// What an Instance keeps, and who does what in it: instance.cpp finds, starts, calls and ends,
// instance_changes.cpp listens, instance_status.cpp tells.
#pragma once

#include "attached.hpp"
#include "bootstrapped.hpp"
#include "launcher.hpp"
#include "peer.hpp"
#include "running.hpp"

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/blender/health.hpp>
#include <blender_mcpd/blender/instance.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::blender {

using Launched = std::shared_ptr<LaunchedBlender>;

/// How one ended of which nobody has been told yet.
[[nodiscard]] std::string untold_death(const Running& dead);

// Kept alive by its coroutines; close() and the destructor end what they wait for.
struct Instance::Impl : std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, core::Metrics& all_metrics, InstanceOptions all_options)
        : timers(all_timers),
          metrics(all_metrics),
          options(std::move(all_options)),
          changes([this] { on_demand_for_changes(); }),
          copy_free(timers.executor()),
          health(
              timers, metrics, [this](auto limit) { return check_health(limit); },
              options.health_interval) {
        copy_free.set();
    }

    using Found = core::Result<std::shared_ptr<Peer>>;

    // One start that everybody who needs a Blender meanwhile waits for.
    struct Start {
        explicit Start(const boost::asio::any_io_executor& executor) : done(executor) {}
        core::Event done;
        std::optional<Found> result;
    };

    boost::asio::awaitable<Found> ensure_peer(core::CancelToken cancel);
    boost::asio::awaitable<void> run_start(std::shared_ptr<Start> start_now);
    boost::asio::awaitable<Found> find_or_start();
    boost::asio::awaitable<Found> start_blender();
    std::shared_ptr<Peer> attach();
    /// What calls go to now; null when there is nothing yet.
    [[nodiscard]] std::shared_ptr<Peer> peer() const {
        if (attached) return attached;
        if (running && running->alive()) return running;
        return nullptr;
    }
    boost::asio::awaitable<std::optional<core::Result<HealthFinding>>> check_health(
        std::chrono::milliseconds limit);
    boost::asio::awaitable<void> watch(std::shared_ptr<Running> watched);
    /// Somebody wants to know of changes now, or nobody any more.
    void on_demand_for_changes();
    /// `known` is the generation that nobody has to be told of.
    void listen_to(Peer& blender, std::optional<std::uint64_t> known);
    boost::asio::awaitable<core::Result<Launched>> launch_tracked(LaunchOptions launch_options,
                                                                  core::CancelToken cancel);
    boost::asio::awaitable<core::Result<link::Reply>> call(Operation operation,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress);
    boost::asio::awaitable<core::Result<link::Reply>> run_on_copy(Operation operation,
                                                                  LaunchOptions launch_options,
                                                                  core::CancelToken cancel,
                                                                  link::ProgressHandler progress);
    [[nodiscard]] link::Request request(const Operation& operation) const {
        const auto timeout =
            operation.timeout.count() > 0 ? operation.timeout : options.call_timeout;
        return {operation.name, operation.args,    core::random_hex(16),
                timeout,        operation.mutates, operation.client};
    }

    core::Timers& timers;
    core::Metrics& metrics;
    InstanceOptions options;
    std::shared_ptr<Running> running;
    std::shared_ptr<Peer> attached;  // the user's Blender, once it was found; then for good
    std::shared_ptr<Start> start;
    std::optional<core::Error> last_start_error;
    std::shared_ptr<Running> dead;  // the last one that ended by itself
    std::vector<std::weak_ptr<LaunchedBlender>> launched;
    core::CancelSource closing;
    ChangeFeed changes;
    core::Event
        copy_free;  // set while no throwaway Blender runs: one at a time, it takes all cores
    std::uint64_t copies = 0;
    HealthCheck health;
};

}  // namespace blender_mcpd::blender
