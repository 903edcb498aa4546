// One Blender of ours from ready to death, with the connections to it.
#pragma once

#include "launcher.hpp"
#include "peer.hpp"
#include "recovery.hpp"
#include "scene_watch.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace blender_mcpd::blender {

/// The request as it went out, for what has to be found out after the connection broke.
struct Attempt {
    std::string op;
    std::string uuid;
    bool mutates = false;
    core::TimePoint begun{};     // when it was sent
    core::TimePoint deadline{};  // when Blender ends it by itself
    bool overdue = false;        // and has not, or did not say so in time
};

/// A call that Blender does not end although its time is over.
struct Stuck {
    Stuck(const boost::asio::any_io_executor& executor, Attempt its_attempt, core::TimePoint now)
        : attempt(std::move(its_attempt)), since(now), checked(executor) {}
    Attempt attempt;
    core::TimePoint since;
    core::Event checked;  // Blender was asked once whether it really still works on it
    std::shared_ptr<link::Connection> connection;  // to ask over
};

struct Running final : Peer, std::enable_shared_from_this<Running> {
    /// `closing` is cancelled when its end is our will.
    Running(core::Timers& timers, core::Metrics& metrics, std::shared_ptr<LaunchedBlender> launched,
            const InstanceOptions& options, std::shared_ptr<Recovery> recovery,
            core::CancelToken closing);

    [[nodiscard]] bool alive() const override { return !blender->process->exit_status(); }
    [[nodiscard]] std::string name() const override;
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    boost::asio::awaitable<core::Json> status() override;
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override {
        return blender->folder->path();
    }
    void close() override;

    /// Control operations go over a connection of their own, so that they never wait for a lease.
    /// `timeout` covers connecting and the answer together.
    boost::asio::awaitable<core::Result<link::Reply>> control(std::string op, std::string args,
                                                              std::chrono::milliseconds timeout);

    /// How it has ended; it must have. Plans how the next one is restored, once.
    const Death& death();

    /// Tells `handler` of changes of the scene until stop_listening() or close(). See SceneWatch.
    void listen(std::optional<std::uint64_t> known, ChangeHandler handler);
    void stop_listening() { scene_watch.reset(); }

    core::Timers& timers;
    core::Metrics& metrics;
    link::ConnectionOptions connection_options;
    std::chrono::milliseconds kill_stuck_after;
    std::shared_ptr<LaunchedBlender> blender;
    std::shared_ptr<Recovery> recovery;
    core::CancelToken closing;
    link::Pool pool;
    std::shared_ptr<link::Connection> control_connection;
    /// Of its own: an answer that comes too late for somebody else says nothing about a check.
    std::shared_ptr<link::Connection> health_connection;
    /// As Blender's last reply said.
    std::optional<std::uint64_t> last_generation;
    std::uint64_t seen_generation = 0;  // the highest; what is not above it has changed nothing
    std::unique_ptr<SceneWatch> scene_watch;
    std::set<std::string> clients;  // who has called it
    std::shared_ptr<Stuck> stuck;   // while it is
    bool death_noted = false;       // those clients will be told

  private:
    friend boost::asio::awaitable<void> watch_stuck(std::shared_ptr<Running> running,
                                                    std::shared_ptr<Stuck> stuck);
    boost::asio::awaitable<std::optional<core::Error>> refuse_while_stuck(core::CancelToken cancel);
    /// Blender has not answered although the time of the call is over.
    boost::asio::awaitable<core::Error> resolve_silence(Attempt attempt, core::Error silence);
    void log_end(std::uint64_t number, const Attempt& attempt,
                 const core::Result<link::Reply>& reply);
    boost::asio::awaitable<core::Result<link::Reply>> control_over(
        std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
        std::chrono::milliseconds timeout);

    std::optional<Death> death_;
    std::string cause_;           // of a death that is our doing
    bool copies_failed_ = false;  // and the log has said so
    void warn_of_copies(const core::Json& status);
};

/// For people: "Blender does not end …".
[[nodiscard]] std::string describe(const Stuck& stuck, core::TimePoint now);

/// For who is told of a death.
[[nodiscard]] std::string advice_after(const Death& death);

/// For Blender::status.
[[nodiscard]] core::Json pool_json(const link::PoolStats& stats);

/// How long after a broken connection the end of the process may be noticed.
inline constexpr std::chrono::milliseconds death_notice{500};

/// For a call that ended without a word from Blender: the result, or an error that says whether it
/// was applied. Never repeats it.
boost::asio::awaitable<core::Result<link::Reply>> resolve_lost_call(
    std::shared_ptr<Running> running, Attempt attempt, core::Error loss, core::CancelToken cancel);

/// Asks Blender's journal what became of an attempt whose reply was lost; again and again while the
/// connection for that is lost too, or while Blender still works on it, until interrupt_grace after
/// the deadline. A cancellation interrupts it, and so does being overdue, for as long as the grace.
/// Returns nullopt when Blender has died; `loss` when nothing could be found out.
boost::asio::awaitable<std::optional<core::Result<link::Reply>>> ask_journal(
    std::shared_ptr<Running> running, Attempt attempt, core::Error loss, core::CancelToken cancel);

}  // namespace blender_mcpd::blender
