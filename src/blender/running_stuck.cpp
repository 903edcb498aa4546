// A Blender that does not end a call although its time is over: code that Python cannot interrupt,
// or a stopped process. Nobody waits behind it, and after a while it is killed.
#include "running.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/journal.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

// Whoever made the call waits for the first question.
constexpr std::chrono::milliseconds first_answer{500};
constexpr std::chrono::milliseconds later_answer{2'000};
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{5'000};

std::optional<core::Duration> until_killed(const Running& running, const Stuck& stuck) {
    if (running.kill_stuck_after.count() < 0) return std::nullopt;
    return std::max<core::Duration>(stuck.since + running.kill_stuck_after - running.timers.now(),
                                    core::Duration::zero());
}

double seconds(core::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string what_happens_to(const Running& running, const Stuck& stuck) {
    const auto left = until_killed(running, stuck);
    if (!left)
        return "blender-mcpd leaves it alone (blender.kill_stuck_after_s is -1): end the process "
               "yourself if it never ends.";
    return fmt::format(
        "If it has not ended in {:.0f} s it is killed (blender.kill_stuck_after_s), and the next "
        "call gets a new Blender with what was copied last.",
        std::ceil(seconds(*left)));
}

}  // namespace

std::string describe(const Stuck& stuck, core::TimePoint now) {
    return fmt::format(
        "Blender does not end {}, whose time was over {:.0f} s ago, and cannot be "
        "interrupted in it",
        stuck.attempt.op, seconds(now - stuck.since));
}

asio::awaitable<void> watch_stuck(std::shared_ptr<Running> running, std::shared_ptr<Stuck> stuck) {
    auto pause = first_pause;
    while (running->alive() && !running->closing.cancelled()) {
        const auto limit = stuck->checked.is_set() ? later_answer : first_answer;
        const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
            running->timers.now() - stuck->attempt.begun);
        auto question = link::outcome_args(stuck->attempt.uuid, age);
        const auto reply = co_await running->control_over(stuck->connection, "outcome",
                                                          std::move(question), limit);
        const auto known = reply ? link::read_outcome(reply->result(), stuck->attempt.mutates)
                                 : core::Result<link::Remembered>(reply.error());
        const bool ended = known && known->state != link::Remembered::State::open;
        if (ended) running->stuck.reset();
        stuck->checked.set();
        if (ended || !running->alive()) break;
        const auto left = until_killed(*running, *stuck);
        if (left && *left <= core::Duration::zero() && !running->closing.cancelled()) {
            running->cause_ = fmt::format(
                "blender-mcpd ended it, as it did not end {} within "
                "{:.0f} s after its time",
                stuck->attempt.op, seconds(running->kill_stuck_after));
            spdlog::warn("killing Blender (process {}): {}", running->blender->process->pid(),
                         running->cause_);
            running->metrics.add(blenders_killed);
            running->blender->process->signal_group(SIGKILL);
            break;
        }
        auto wait = pause;
        if (left)
            wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*left),
                              std::chrono::milliseconds(1), pause);
        if (co_await running->blender->process->ends_within(wait)) break;
        pause = std::min(pause * 2, longest_pause);
    }
    stuck->checked.set();
    if (stuck->connection) stuck->connection->close();
}

asio::awaitable<std::optional<core::Error>> Running::refuse_while_stuck(core::CancelToken cancel) {
    const auto known = stuck;
    if (!known) co_return std::nullopt;
    co_await known->checked.wait(std::move(cancel));
    if (stuck != known || !alive()) co_return std::nullopt;
    const auto left = until_killed(*this, *known);
    // A new one is there a little later than the old one has gone.
    const auto retry = left ? std::ceil(seconds(*left)) + 1 : seconds(longest_pause);
    core::Error error{core::ErrorCode::busy, describe(*known, timers.now()),
                      what_happens_to(*this, *known)};
    error.details = core::dump({{"retry_after_s", retry}});
    co_return error;
}

asio::awaitable<core::Error> Running::resolve_silence(Attempt attempt, core::Error silence) {
    const auto self = shared_from_this();
    if (!stuck) {
        stuck = std::make_shared<Stuck>(timers.executor(), std::move(attempt), timers.now());
        asio::co_spawn(timers.executor(), watch_stuck(self, stuck), asio::detached);
    }
    const auto known = stuck;
    co_await known->checked.wait();
    if (stuck == known && alive())
        silence.remedy = "Blender cannot be interrupted in it, and does nothing else meanwhile. " +
                         what_happens_to(*this, *known);
    co_return silence;
}

void Running::warn_of_copies(const core::Json& status) {
    const auto copies = status.find("recovery");
    if (copies == status.end() || !copies->is_object()) return;
    const auto error = copies->find("error");
    const bool failed = error != copies->end() && error->is_string();
    if (failed && !copies_failed_)
        spdlog::warn("no recovery copy can be made, edits go on without: {}",
                     error->get<std::string>());
    copies_failed_ = failed;
}

}  // namespace blender_mcpd::blender
