#include "pool_plan.hpp"

#include "errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::link {

using core::Error;
using core::ErrorCode;

namespace {

Error shutting_down() {
    return {.code = ErrorCode::shutting_down, .message = "Connection pool shutting down"};
}

}  // namespace

PoolPlan::Actions PoolPlan::acquire(Ticket ticket) {
    Actions actions;
    if (closed_) {
        actions.push_back(Deliver{ticket, shutting_down()});
        return actions;
    }
    drop_dead();
    if (!idle_.empty()) {  // then nobody waits
        auto connection = std::move(idle_.back().connection);
        idle_.pop_back();
        ++active_;
        actions.push_back(Deliver{ticket, std::move(connection)});
        return actions;
    }
    waiters_.push_back({ticket, std::nullopt});
    connect_for_waiters(actions);
    if (waiting() > options_.max_waiters) {
        waiters_.pop_back();
        actions.push_back(Deliver{
            ticket, Error{.code = ErrorCode::busy,
                          .message = fmt::format("All {} connections to Blender are busy and {} "
                                                 "callers wait already",
                                                 options_.max, options_.max_waiters),
                          .remedy = "Try again later"}});
    }
    return actions;
}

PoolPlan::Actions PoolPlan::time_out(Ticket ticket) {
    auto actions = give_up(
        ticket, {.code = ErrorCode::timeout,
                 .message = fmt::format("There was no free connection within {}",
                                        seconds(options_.acquire_timeout)),
                 .remedy = "Blender is busy with other calls or does not answer: see its status"});
    if (!actions.empty()) ++counters_.timeouts;
    return actions;
}

PoolPlan::Actions PoolPlan::cancel(Ticket ticket, core::CancelReason reason) {
    return give_up(ticket, cancelled("Waiting for a connection", reason));
}

PoolPlan::Actions PoolPlan::give_up(Ticket ticket, Error why) {
    Actions actions;
    const auto waiter = std::find_if(waiters_.begin(), waiters_.end(),
                                     [&](const Waiter& each) { return each.ticket == ticket; });
    if (waiter == waiters_.end()) return actions;
    // Its attempt may hang: somebody else can make better use of the slot.
    if (waiter->attempt) actions.push_back(CancelConnect{*waiter->attempt});
    waiters_.erase(waiter);
    actions.push_back(Deliver{ticket, std::move(why)});
    return actions;
}

PoolPlan::Actions PoolPlan::connected(Attempt attempt, Connected result, core::TimePoint now) {
    Actions actions;
    connecting_.erase(attempt);
    ++(result ? counters_.opened : counters_.failed);
    const auto waiter = std::find_if(waiters_.begin(), waiters_.end(),
                                     [&](const Waiter& each) { return each.attempt == attempt; });
    if (waiter != waiters_.end()) {
        waiter->attempt.reset();
        if (!result) {
            actions.push_back(Deliver{waiter->ticket, result.error()});
            waiters_.erase(waiter);
        }
    }
    if (result) place(std::move(*result), now, actions);
    connect_for_waiters(actions);
    return actions;
}

PoolPlan::Actions PoolPlan::released(std::shared_ptr<Connection> connection, core::TimePoint now) {
    Actions actions;
    --active_;
    place(std::move(connection), now, actions);
    connect_for_waiters(actions);
    return actions;
}

PoolPlan::Actions PoolPlan::close() {
    Actions actions;
    if (std::exchange(closed_, true)) return actions;
    for (const auto attempt : connecting_)
        actions.push_back(CancelConnect{attempt});
    for (const auto& waiter : std::exchange(waiters_, {}))
        actions.push_back(Deliver{waiter.ticket, shutting_down()});
    for (const auto& idle : std::exchange(idle_, {}))
        idle.connection->close();
    return actions;
}

std::optional<core::TimePoint> PoolPlan::expire(core::TimePoint now) {
    drop_dead();
    while (!idle_.empty() && idle_.front().since + options_.idle_timeout <= now) {
        idle_.front().connection->close();
        idle_.pop_front();
        ++counters_.discarded;
    }
    if (idle_.empty()) return std::nullopt;
    return idle_.front().since + options_.idle_timeout;
}

PoolStats PoolPlan::stats() const {
    auto stats = counters_;
    stats.active = active_;
    stats.idle = static_cast<std::size_t>(std::count_if(
        idle_.begin(), idle_.end(), [](const Idle& idle) { return idle.connection->usable(); }));
    stats.connecting = connecting_.size();
    stats.total = stats.active + stats.idle + stats.connecting;
    stats.waiting = waiting();
    return stats;
}

std::size_t PoolPlan::waiting() const {
    return static_cast<std::size_t>(std::count_if(
        waiters_.begin(), waiters_.end(), [](const Waiter& waiter) { return !waiter.attempt; }));
}

// Closed by the peer, or broken otherwise, while nobody looked.
void PoolPlan::drop_dead() {
    counters_.discarded += std::erase_if(idle_, [](const Idle& idle) {
        if (idle.connection->usable()) return false;
        idle.connection->close();
        return true;
    });
}

void PoolPlan::place(std::shared_ptr<Connection> connection, core::TimePoint now,
                     Actions& actions) {
    const bool retired = connection->calls() >= options_.max_requests_per_connection;
    if (closed_ || retired || !connection->usable()) {
        connection->close();
        if (!closed_) ++counters_.discarded;
        return;
    }
    if (waiters_.empty()) {
        idle_.push_back({std::move(connection), now});
        return;
    }
    ++active_;
    actions.push_back(Deliver{waiters_.front().ticket, std::move(connection)});
    waiters_.pop_front();
}

void PoolPlan::connect_for_waiters(Actions& actions) {
    if (closed_) return;
    for (auto& waiter : waiters_) {
        if (total() >= options_.max) return;
        if (waiter.attempt) continue;
        waiter.attempt = ++last_attempt_;
        connecting_.insert(last_attempt_);
        actions.push_back(Connect{last_attempt_});
    }
}

}  // namespace blender_mcpd::link
