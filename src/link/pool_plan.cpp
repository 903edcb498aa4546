#include "pool_plan.hpp"

#include "errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace blender_mcpd::link {

using core::Error;
using core::ErrorCode;

namespace {

Error shutting_down() {
    return {.code = ErrorCode::shutting_down, .message = "Connection pool shutting down"};
}

Error busy(ErrorCode code, std::string message, std::string_view why, std::chrono::seconds after) {
    return {.code = code,
            .message = std::move(message),
            .remedy = fmt::format("{}Call again in {} s.", why, after.count()),
            .details = fmt::format(R"({{"retry_after_s":{}}})", after.count())};
}

}  // namespace

PoolPlan::Actions PoolPlan::acquire(Ticket ticket, std::string_view client, core::TimePoint now) {
    Actions actions;
    if (closed_) {
        actions.push_back(Deliver{ticket, shutting_down()});
        return actions;
    }
    drop_dead(actions);
    if (!idle_.empty()) {  // then nobody waits
        auto pooled = std::move(idle_.back().pooled);
        idle_.pop_back();
        lease(ticket, std::move(pooled), now, actions);
        return actions;
    }
    waiters_.add(ticket, client);
    connect_for_waiters(actions);
    if (waiting() > options_.max_waiters) {
        waiters_.remove(ticket);
        actions.push_back(Deliver{
            ticket,
            busy(ErrorCode::busy,
                 fmt::format("All {} connections to Blender are busy and {} callers wait already",
                             options_.max, options_.max_waiters),
                 "", retry_after(now))});
    }
    return actions;
}

PoolPlan::Actions PoolPlan::time_out(Ticket ticket, core::TimePoint now) {
    auto actions = give_up(
        ticket, busy(ErrorCode::timeout,
                     fmt::format("There was no free connection within {}",
                                 seconds(options_.acquire_timeout)),
                     "Blender is busy with other calls or does not answer: see its status. ",
                     retry_after(now)));
    if (!actions.empty()) ++counters_.timeouts;
    return actions;
}

PoolPlan::Actions PoolPlan::cancel(Ticket ticket, core::CancelReason reason) {
    return give_up(ticket, cancelled("Waiting for a connection", reason));
}

PoolPlan::Actions PoolPlan::give_up(Ticket ticket, Error why) {
    Actions actions;
    const auto waiter = waiters_.remove(ticket);
    if (!waiter) return actions;
    // Its attempt may hang: somebody else can make better use of the slot.
    if (waiter->attempt) actions.push_back(CancelConnect{*waiter->attempt});
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
    const auto made_for = waiters_.end_attempt(attempt);
    if (made_for && !result) {
        waiters_.take(*made_for);
        actions.push_back(Deliver{*made_for, result.error()});
    }
    if (result) place({attempt, std::move(*result)}, now, actions);
    connect_for_waiters(actions);
    return actions;
}

PoolPlan::Actions PoolPlan::released(Pooled leased, core::TimePoint now) {
    Actions actions;
    if (const auto lease = leased_.extract(leased.attempt))
        service_time_.ended(now - lease.mapped());
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
    for (const auto& waiter : waiters_.take_all())
        actions.push_back(Deliver{waiter.ticket, shutting_down()});
    for (auto& idle : std::exchange(idle_, {}))
        discard(std::move(idle.pooled), CloseReason::shutdown, actions);
    return actions;
}

PoolStats PoolPlan::stats() const {
    auto stats = counters_;
    stats.active = leased_.size();
    stats.idle =
        static_cast<std::size_t>(std::count_if(idle_.begin(), idle_.end(), [](const Idle& idle) {
            return idle.pooled.connection->usable();
        }));
    stats.connecting = connecting_.size();
    stats.total = stats.active + stats.idle + stats.connecting;
    stats.waiting = waiting();
    return stats;
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
    lease(waiters_.take_next().ticket, std::move(free), now, actions);
}

void PoolPlan::lease(Ticket ticket, Pooled free, core::TimePoint now, Actions& actions) {
    leased_.emplace(free.attempt, now);
    actions.push_back(Deliver{ticket, std::move(free)});
}

void PoolPlan::connect_for_waiters(Actions& actions) {
    if (closed_) return;
    while (total() < options_.max) {
        const auto waiter = waiters_.next_without_attempt();
        if (!waiter) return;
        waiters_.begin_attempt(*waiter, begin_attempt(actions));
    }
}

// When all who wait now have been served.
std::chrono::seconds PoolPlan::retry_after(core::TimePoint now) const {
    core::Duration current{0};
    for (const auto& [attempt, since] : leased_)
        current = std::max(current, now - since);
    return service_time_.until_served(waiting(), options_.max, current);
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
