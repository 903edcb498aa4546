// What an Instance keeps, and who does what in it: instance.cpp starts, calls and ends,
// instance_addon.cpp finds the Blender of the user,
// instance_changes.cpp listens, instance_status.cpp tells.
#pragma once

#include "attached.hpp"
#include "bootstrapped.hpp"
#include "launcher.hpp"
#include "lookout.hpp"
#include "peer.hpp"
#include "recovery.hpp"
#include "running.hpp"

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/blender/health.hpp>
#include <blender_mcpd/blender/instance.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::blender {

/// The error of what was cancelled.
[[nodiscard]] core::Error cancelled(const core::CancelToken& cancel);

using Launched = std::shared_ptr<LaunchedBlender>;

// Kept alive by its coroutines; close() and the destructor end what they wait for.
struct Instance::Impl : std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, core::Metrics& all_metrics, InstanceOptions all_options)
        : timers(all_timers),
          metrics(all_metrics),
          options(std::move(all_options)),
          lookout(std::make_shared<Lookout>(timers, options.listener, closing.token())),
          recovery(std::make_shared<Recovery>(timers, options.recovery)),
          changes([this] { on_demand_for_changes(); }),
          copy_free(timers.executor()),
          quick_copy_free(timers.executor()),
          health(
              timers, metrics, [this](auto limit) { return check_health(limit); },
              options.health_interval) {
        copy_free.set();
        quick_copy_free.set();
    }

    using Found = core::Result<std::shared_ptr<Peer>>;

    // One start that everybody who needs a Blender meanwhile waits for.
    struct Start {
        explicit Start(const boost::asio::any_io_executor& executor) : done(executor) {}
        core::Event done;
        std::optional<Found> result;
    };

    boost::asio::awaitable<Found> ensure_peer(std::string client, core::CancelToken cancel);
    boost::asio::awaitable<void> run_start(std::shared_ptr<Start> start_now);
    boost::asio::awaitable<Found> find_or_start();
    /// What link::detect finds there is used, if it can be. Nothing: a Blender is to be started.
    boost::asio::awaitable<std::optional<Found>> find_add_on();
    /// After an error that makes one wonder whether it is still what it was.
    boost::asio::awaitable<Found> look_at_attached_again();
    [[nodiscard]] core::Error not_usable(const link::Detected& found) const;
    [[nodiscard]] std::string where() const;
    boost::asio::awaitable<Found> start_blender();
    /// Opens what the last one has left, in one that is ready. False: another one must be started
    /// for it, or for what is next.
    boost::asio::awaitable<bool> restore(std::shared_ptr<Running> blender);
    boost::asio::awaitable<core::Result<link::Reply>> open_point(
        std::shared_ptr<LaunchedBlender> blender, RestorePoint point);
    /// Once it has ended by itself: whoever used it will be told.
    void note_death(Running& blender);
    /// Everybody who used the last one has to know.
    void tell_of(const std::string& message, const std::string& remedy, const std::string& details);
    /// What this client must be told before anything else is done for it; once.
    std::optional<core::Error> take_news(const std::string& client);
    std::shared_ptr<Peer> attach(link::Dialect dialect);
    std::shared_ptr<Peer> attach_native();
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
    boost::asio::awaitable<core::Result<Launched>> launch_tracked(
        LaunchOptions launch_options, std::optional<core::Json> settings, core::CancelToken cancel);
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
        auto uuid = operation.uuid.empty() ? core::random_hex(16) : operation.uuid;
        return {operation.name, operation.args,    std::move(uuid),
                timeout,        operation.mutates, operation.client};
    }

    core::Timers& timers;
    core::Metrics& metrics;
    InstanceOptions options;
    core::CancelSource closing;
    std::shared_ptr<Lookout> lookout;
    std::shared_ptr<Running> running;
    std::shared_ptr<Peer> attached;  // the user's Blender, once it was found; then for good
    std::optional<link::Dialect> attached_dialect;
    bool is_in_doubt = false;  // whether `attached` is still what it was
    std::shared_ptr<Start> start;
    bool touched = false;  // somebody has changed something in it, or in the one before it
    std::optional<core::Error> last_start_error;
    std::shared_ptr<Recovery> recovery;
    std::shared_ptr<Running> dead;            // the last one that ended by itself
    std::set<std::string> former_clients;     // of the last one that ended by itself
    std::map<std::string, core::Error> news;  // for each client that has not been told yet
    std::vector<std::weak_ptr<LaunchedBlender>> launched;
    ChangeFeed changes;
    core::Event
        copy_free;  // set while no throwaway Blender runs: one at a time, it takes all cores
    core::Event quick_copy_free;  // the same of quick ones, which have a place of their own
    std::uint64_t copies = 0;
    HealthCheck health;
};

}  // namespace blender_mcpd::blender
