// A Blender with our runtime in it, over the native wire: what is the same whoever started it.
#pragma once

#include "generation_board.hpp"
#include "peer.hpp"
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

struct NativePeer : Peer, std::enable_shared_from_this<NativePeer> {
    /// `timers` and `metrics` must outlive it. Connects to nothing yet. `closing` is cancelled when
    /// its end is our will.
    NativePeer(core::Timers& timers, core::Metrics& metrics, link::Endpoint where,
               std::string token, const link::PoolOptions& pool,
               const link::ConnectionOptions& connection, core::CancelToken closing);

    [[nodiscard]] bool is_native() const override { return true; }
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override;
    [[nodiscard]] std::optional<std::uint64_t> known_generation() override;
    boost::asio::awaitable<std::filesystem::path> project_directory() override;
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override;
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) override;
    /// Empty when it is not ours and cannot be reached any more.
    boost::asio::awaitable<core::Json> status() override;

    /// Control operations go over a connection of their own, so that they never wait for a lease.
    /// `timeout` covers connecting and the answer together.
    boost::asio::awaitable<core::Result<link::Reply>> control(std::string op, std::string args,
                                                              std::chrono::milliseconds timeout);

    /// Tells `handler` of changes of the scene until stop_listening() or close(). See SceneWatch.
    void listen(std::optional<std::uint64_t> known, ChangeHandler handler) override;
    void stop_listening() override { scene_watch.reset(); }
    void close() override;

    /// Whether it is a process of ours: its end is seen, and it may be ended.
    [[nodiscard]] virtual bool is_ours() const = 0;
    /// Whether it is gone by then, as far as can be seen.
    virtual boost::asio::awaitable<bool> ends_within(std::chrono::milliseconds limit) = 0;

    core::Timers& timers;
    core::Metrics& metrics;
    link::Endpoint native_endpoint;
    std::string token;
    link::ConnectionOptions connection_options;
    core::CancelToken closing;
    link::Pool pool;
    std::shared_ptr<link::Connection> control_connection;
    /// Of its own: an answer that comes too late for somebody else says nothing about a check.
    std::shared_ptr<link::Connection> health_connection;
    /// Of the Blender at the other end of control_connection; null where it shares none.
    std::unique_ptr<GenerationBoard> generation_board;
    /// When control_connection was, as far as generation_board matters.
    std::optional<core::TimePoint> seen_usable;
    /// As Blender's last reply said.
    std::optional<std::uint64_t> last_generation;
    std::unique_ptr<SceneWatch> scene_watch;
    std::shared_ptr<Stuck> stuck;  // while it is

  protected:
    /// What is known of it without asking, for status().
    [[nodiscard]] virtual core::Json facts() const = 0;
    /// The error of a call that it has taken with it.
    virtual core::Error gone(const Attempt& attempt) = 0;
    /// When it will be killed for that; nullopt: never.
    [[nodiscard]] virtual std::optional<core::Duration> until_killed(const Stuck& stuck) const = 0;
    virtual void kill(const Stuck& stuck) = 0;
    /// For who is refused meanwhile.
    [[nodiscard]] virtual std::string what_happens_to(const Stuck& stuck) const = 0;
    /// It has told its status.
    virtual void note_status(const core::Json& /*status*/) {}
    /// A call goes out. The number is for note_end.
    virtual std::uint64_t note_begin(const link::Request& /*request*/) { return 0; }
    virtual void note_end(std::uint64_t /*number*/, const Attempt& /*attempt*/,
                          const core::Result<link::Reply>& /*reply*/) {}

    boost::asio::awaitable<core::Result<link::Reply>> control_over(
        std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
        std::chrono::milliseconds timeout);

  private:
    friend boost::asio::awaitable<void> watch_stuck(std::shared_ptr<NativePeer> peer,
                                                    std::shared_ptr<Stuck> stuck);
    boost::asio::awaitable<core::Result<link::Reply>> without_lease(link::Request request,
                                                                    core::Error error);
    /// For a call that ended without a word from Blender: the result, or an error that says
    /// whether it was applied. Never repeats it.
    boost::asio::awaitable<core::Result<link::Reply>> resolve_lost_call(Attempt attempt,
                                                                        core::Error loss,
                                                                        core::CancelToken cancel);
    boost::asio::awaitable<std::optional<core::Error>> refuse_while_stuck(core::CancelToken cancel);
    /// Blender has not answered although the time of the call is over.
    boost::asio::awaitable<core::Error> resolve_silence(Attempt attempt, core::Error silence);
};

/// For people: "Blender does not end …".
[[nodiscard]] std::string describe(const Stuck& stuck, core::TimePoint now);

/// For Blender::status.
[[nodiscard]] core::Json pool_json(const link::PoolStats& stats);

/// How long after a broken connection the end of the process may be noticed.
inline constexpr std::chrono::milliseconds death_notice{500};

/// Asks Blender's journal what became of an attempt whose reply was lost; again and again while the
/// connection for that is lost too, or while Blender still works on it, until interrupt_grace after
/// the deadline. A cancellation interrupts it, and so does being overdue, for as long as the grace.
/// Returns nullopt when Blender is gone; `loss` when nothing could be found out.
boost::asio::awaitable<std::optional<core::Result<link::Reply>>> ask_journal(
    std::shared_ptr<NativePeer> peer, Attempt attempt, core::Error loss, core::CancelToken cancel);

}  // namespace blender_mcpd::blender
