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
    drop_dead(actions);
    if (!idle_.empty()) {  // then nobody waits
        auto pooled = std::move(idle_.back().pooled);
        idle_.pop_back();
        ++active_;
        actions.push_back(Deliver{ticket, std::move(pooled)});
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
    const bool spare = spare_.erase(attempt) > 0;
    ++(result ? counters_.opened : counters_.failed);
    if (result)
        backoff_.succeeded();
    else if (spare)
        backoff_.failed(now);
    const auto waiter = std::find_if(waiters_.begin(), waiters_.end(),
                                     [&](const Waiter& each) { return each.attempt == attempt; });
    if (waiter != waiters_.end()) {
        waiter->attempt.reset();
        if (!result) {
            actions.push_back(Deliver{waiter->ticket, result.error()});
            waiters_.erase(waiter);
        }
    }
    if (result) place({attempt, std::move(*result)}, now, actions);
    connect_for_waiters(actions);
    return actions;
}

PoolPlan::Actions PoolPlan::released(Pooled leased, core::TimePoint now) {
    Actions actions;
    --active_;
    place(std::move(leased), now, actions);
    connect_for_waiters(actions);
    return actions;
}

PoolPlan::Actions PoolPlan::check_health(core::TimePoint now) {
    Actions actions;
    if (closed_) return actions;
    drop_dead(actions);
    drop_unused(now, actions);
    connect_to_min(now, actions);
    return actions;
}

PoolPlan::Actions PoolPlan::close() {
    Actions actions;
    if (std::exchange(closed_, true)) return actions;
    for (const auto attempt : connecting_)
        actions.push_back(CancelConnect{attempt});
    for (const auto& waiter : std::exchange(waiters_, {}))
        actions.push_back(Deliver{waiter.ticket, shutting_down()});
    for (auto& idle : std::exchange(idle_, {}))
        discard(std::move(idle.pooled), CloseReason::shutdown, actions);
    return actions;
}

PoolStats PoolPlan::stats() const {
    auto stats = counters_;
    stats.active = active_;
    stats.idle =
        static_cast<std::size_t>(std::count_if(idle_.begin(), idle_.end(), [](const Idle& idle) {
            return idle.pooled.connection->usable();
        }));
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
void PoolPlan::drop_dead(Actions& actions) {
    for (auto idle = idle_.begin(); idle != idle_.end();) {
        if (idle->pooled.connection->usable()) {
            ++idle;
            continue;
        }
        discard(std::move(idle->pooled), CloseReason::broken, actions);
        idle = idle_.erase(idle);
    }
}

void PoolPlan::drop_unused(core::TimePoint now, Actions& actions) {
    while (!idle_.empty() && total() > options_.min &&
           idle_.front().since + options_.idle_timeout <= now) {
        discard(std::move(idle_.front().pooled), CloseReason::unused, actions);
        idle_.pop_front();
    }
}

void PoolPlan::connect_to_min(core::TimePoint now, Actions& actions) {
    if (!backoff_.may_try(now)) return;
    while (total() < options_.min)
        spare_.insert(begin_attempt(actions));
}

void PoolPlan::discard(Pooled what, CloseReason why, Actions& actions) {
    if (!closed_) ++counters_.discarded;
    actions.push_back(Close{std::move(what), why});
}

void PoolPlan::place(Pooled free, core::TimePoint now, Actions& actions) {
    if (closed_) return discard(std::move(free), CloseReason::shutdown, actions);
    if (!free.connection->usable()) return discard(std::move(free), CloseReason::broken, actions);
    if (free.connection->calls() >= options_.max_requests_per_connection)
        return discard(std::move(free), CloseReason::retired, actions);
    if (waiters_.empty()) {
        idle_.push_back({std::move(free), now});
        return;
    }
    ++active_;
    actions.push_back(Deliver{waiters_.front().ticket, std::move(free)});
    waiters_.pop_front();
}

void PoolPlan::connect_for_waiters(Actions& actions) {
    if (closed_) return;
    for (auto& waiter : waiters_) {
        if (total() >= options_.max) return;
        if (!waiter.attempt) waiter.attempt = begin_attempt(actions);
    }
}

PoolPlan::Attempt PoolPlan::begin_attempt(Actions& actions) {
    connecting_.insert(++last_attempt_);
    actions.push_back(Connect{last_attempt_});
    return last_attempt_;
}

std::string_view to_string(PoolPlan::CloseReason reason) {
    switch (reason) {
        case PoolPlan::CloseReason::broken:
            return "broken";
        case PoolPlan::CloseReason::retired:
            return "retired";
        case PoolPlan::CloseReason::unused:
            return "unused for too long";
        case PoolPlan::CloseReason::shutdown:
            break;
    }
    return "shutdown";
}

}  // namespace blender_mcpd::link
