// The pool's algorithm: who gets which connection, when to connect, when to discard. Sans-IO: it is
// told what happened and answers what to do. Rules:
//  - A slot is taken before connecting, so that active + idle + connecting never exceeds max.
//  - Waiters are served first come first served, by whatever is free first: a released connection
//  or any attempt.
//  - While there are slots, every waiter has an attempt of its own, and it alone gets the error of
//  that attempt.
//  - Of the idle connections the last used is taken first, so that the surplus grows old and is
//  closed.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace blender_mcpd::link {

class PoolPlan {
  public:
    using Ticket = std::uint64_t;   // one acquire, named by the caller
    using Attempt = std::uint64_t;  // one connect, named by the plan
    using Connected = core::Result<std::shared_ptr<Connection>>;

    struct Connect {
        Attempt attempt;
    };
    struct CancelConnect {
        Attempt attempt;
    };
    /// The end of an acquire. A connection counts as active from here on, until released().
    struct Deliver {
        Ticket ticket;
        Connected connection;
    };
    using Action = std::variant<Connect, CancelConnect, Deliver>;
    using Actions = std::vector<Action>;

    explicit PoolPlan(const PoolOptions& options) : options_(options) {}

    [[nodiscard]] Actions acquire(Ticket ticket);
    /// The acquirer waits no longer. Does nothing when it has been served.
    [[nodiscard]] Actions time_out(Ticket ticket);
    [[nodiscard]] Actions cancel(Ticket ticket, core::CancelReason reason);
    [[nodiscard]] Actions connected(Attempt attempt, Connected result, core::TimePoint now);
    [[nodiscard]] Actions released(std::shared_ptr<Connection> connection, core::TimePoint now);
    [[nodiscard]] Actions close();

    /// Closes what has been idle for too long, and says when to come again.
    [[nodiscard]] std::optional<core::TimePoint> expire(core::TimePoint now);
    [[nodiscard]] PoolStats stats() const;

  private:
    struct Waiter {
        Ticket ticket;
        std::optional<Attempt> attempt;  // in progress, made for it
    };
    struct Idle {
        std::shared_ptr<Connection> connection;
        core::TimePoint since;
    };

    [[nodiscard]] std::size_t total() const { return active_ + idle_.size() + connecting_.size(); }
    [[nodiscard]] std::size_t waiting() const;
    void drop_dead();
    void place(std::shared_ptr<Connection> connection, core::TimePoint now, Actions& actions);
    void connect_for_waiters(Actions& actions);
    [[nodiscard]] Actions give_up(Ticket ticket, core::Error why);

    const PoolOptions options_;
    std::deque<Waiter> waiters_;
    std::deque<Idle> idle_;  // the last used is at the back
    std::set<Attempt> connecting_;
    std::size_t active_ = 0;
    Attempt last_attempt_ = 0;
    bool closed_ = false;
    PoolStats counters_;  // only the counters are kept here
};

}  // namespace blender_mcpd::link
