#include "native_peer.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/journal.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;
using State = link::Remembered::State;

constexpr milliseconds shortest{1};
constexpr milliseconds first_pause{5};
constexpr milliseconds longest_pause{200};

milliseconds between(core::TimePoint from, core::TimePoint until) {
    return std::chrono::duration_cast<milliseconds>(until - from);
}

core::Error applied_without_result(const Attempt& attempt, core::Error loss) {
    loss.message = attempt.op + " was applied, but its result is lost: " + loss.message;
    loss.remedy = "Do not repeat it; look at the scene with get_scene_info.";
    loss.outcome = core::Outcome::applied;
    return loss;
}

core::Error never_applied(core::Error loss) {
    loss.outcome = core::Outcome::not_applied;
    loss.remedy = "It never reached Blender: nothing was changed, so it is safe to call again.";
    return loss;
}

core::Error still_open(core::Error loss) {
    loss.remedy =
        "Blender still works on it; see get_blender_status, and look at the scene before "
        "repeating it.";
    return loss;
}

/// How the call ends; nullopt while Blender is at it.
std::optional<core::Result<link::Reply>> ending(link::Remembered remembered, const Attempt& attempt,
                                                const core::Error& loss) {
    switch (remembered.state) {
        case State::open:
            return std::nullopt;
        case State::never_seen:
            return never_applied(loss);
        case State::forgotten:
            return loss;
        case State::failed: {
            auto error = std::move(*remembered.error);
            // Nobody but the lost connection has cancelled it.
            if (error.code == core::ErrorCode::cancelled &&
                error.outcome == core::Outcome::not_applied)
                error.code = loss.code;
            return error;
        }
        case State::applied:
            break;
    }
    if (!remembered.reply) return applied_without_result(attempt, loss);
    return std::move(*remembered.reply);
}

}  // namespace

asio::awaitable<std::optional<core::Result<link::Reply>>> ask_journal(
    std::shared_ptr<NativePeer> peer, Attempt attempt, core::Error loss, core::CancelToken cancel) {
    auto& timers = peer->timers;
    const auto grace = peer->connection_options.interrupt_grace;
    auto until = std::max(attempt.deadline, timers.now()) + grace;
    // A question that is lost on the way must leave time for others.
    const auto patience = std::max(shortest, grace / 4);
    const auto whose = core::dump({{"uuid", attempt.uuid}});
    bool interrupted = false;
    bool open = false;
    for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
        if (peer->closing.cancelled()) co_return loss;
        // One that was late on its way has a later deadline in Blender.
        if ((cancel.cancelled() || attempt.overdue) && !std::exchange(interrupted, true)) {
            until = std::min(until, timers.now() + grace);
            (void)co_await peer->control("interrupt", whose, patience);
        }
        const auto question =
            link::outcome_args(attempt.uuid, between(attempt.begun, timers.now()) + shortest);
        const auto left = std::max(shortest, between(timers.now(), until));
        const auto reply = co_await peer->control("outcome", question, std::min(patience, left));
        if (reply) {
            auto remembered = link::read_outcome(reply->result(), attempt.mutates);
            if (!remembered) co_return loss;
            open = remembered->state == State::open;
            if (auto end = ending(std::move(*remembered), attempt, loss)) co_return end;
        }
        if (timers.now() >= until) break;
        const auto rest = std::max(shortest, between(timers.now(), until));
        const bool ended = co_await peer->ends_within(std::min(pause, rest));
        if (ended) co_return std::nullopt;
    }
    if (open) co_return still_open(loss);
    co_return loss;
}

}  // namespace blender_mcpd::blender
