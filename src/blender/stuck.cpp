// A Blender that does not end a call although its time is over: code that Python cannot interrupt,
// or a stopped process. Nobody waits behind it, and after a while it is killed.
#include "native_peer.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/journal.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

// Whoever made the call waits for the first question.
constexpr std::chrono::milliseconds first_answer{500};
constexpr std::chrono::milliseconds later_answer{2'000};
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{5'000};

}  // namespace

std::string describe(const Stuck& stuck, core::TimePoint now) {
    return fmt::format(
        "Blender does not end {}, whose time was over {:.0f} s ago, and cannot be "
        "interrupted in it",
        stuck.attempt.op, core::seconds(now - stuck.since));
}

asio::awaitable<void> watch_stuck(std::shared_ptr<NativePeer> peer, std::shared_ptr<Stuck> stuck) {
    auto pause = first_pause;
    while (peer->alive() && !peer->closing.cancelled()) {
        const auto limit = stuck->checked.is_set() ? later_answer : first_answer;
        const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
            peer->timers.now() - stuck->attempt.begun);
        auto question = link::outcome_args(stuck->attempt.uuid, age);
        const auto reply =
            co_await peer->control_over(stuck->connection, "outcome", std::move(question), limit);
        const auto known = reply ? link::read_outcome(reply->result(), stuck->attempt.mutates)
                                 : core::Result<link::Remembered>(reply.error());
        const bool ended = known && known->state != link::Remembered::State::open;
        if (ended) peer->stuck.reset();
        stuck->checked.set();
        if (ended || !peer->alive()) break;
        const auto left = peer->until_killed(*stuck);
        if (left && *left <= core::Duration::zero() && !peer->closing.cancelled()) {
            peer->kill(*stuck);
            break;
        }
        auto wait = pause;
        if (left)
            wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*left),
                              std::chrono::milliseconds(1), pause);
        if (co_await peer->ends_within(wait)) {
            peer->stuck.reset();
            break;
        }
        pause = std::min(pause * 2, longest_pause);
    }
    stuck->checked.set();
    if (stuck->connection) stuck->connection->close();
}

asio::awaitable<std::optional<core::Error>> NativePeer::refuse_while_stuck(
    core::CancelToken cancel) {
    const auto known = stuck;
    if (!known) co_return std::nullopt;
    co_await known->checked.wait(std::move(cancel));
    if (stuck != known || !alive()) co_return std::nullopt;
    const auto left = until_killed(*known);
    // A new one is there a little later than the old one has gone.
    const auto retry = left ? std::ceil(core::seconds(*left)) + 1 : core::seconds(longest_pause);
    core::Error error{core::ErrorCode::busy, describe(*known, timers.now()),
                      what_happens_to(*known)};
    error.details = core::dump({{"retry_after_s", retry}});
    co_return error;
}

asio::awaitable<core::Error> NativePeer::resolve_silence(Attempt attempt, core::Error silence) {
    const auto self = shared_from_this();
    if (!stuck) {
        stuck = std::make_shared<Stuck>(timers.executor(), std::move(attempt), timers.now());
        asio::co_spawn(timers.executor(), watch_stuck(self, stuck), asio::detached);
    }
    const auto known = stuck;
    co_await known->checked.wait();
    if (stuck == known && alive())
        silence.remedy = "Blender cannot be interrupted in it, and does nothing else meanwhile. " +
                         what_happens_to(*known);
    co_return silence;
}

}  // namespace blender_mcpd::blender
