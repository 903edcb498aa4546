// The pool's algorithm: who gets which connection, when to connect, when to discard. Sans-IO: it is
// told what happened and answers what to do. Rules:
//  - A slot is taken before connecting, so that active + idle + connecting never exceeds max.
//  - Waiters are served in turns by client, first come first served within one, by whatever is free
//  first: a released connection or any attempt.
//  - While there are slots, every waiter has an attempt of its own, and it alone gets the error of
//  that attempt.
//  - Of the idle connections the last used is taken first, so that the surplus grows old and is
//  closed.
//  - What is leased is not known here, only counted: nothing can touch it until it comes back.
#pragma once

#include "backoff.hpp"
#include "service_time.hpp"
#include "waiting_line.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

namespace blender_mcpd::link {

class PoolPlan {
  public:
    using Ticket = WaitingLine::Ticket;  // one acquire, named by the caller
    /// One connect, and the connection that comes of it: conn-<n>.
    using Attempt = WaitingLine::Attempt;
    using Connected = core::Result<std::shared_ptr<Connection>>;

    struct Pooled {
        Attempt attempt;
        std::shared_ptr<Connection> connection;
    };

    enum class CloseReason {
        broken,    // by the peer, by an error, or by an exception during its lease
        retired,   // has carried enough calls
        unused,    // for idle_timeout
        shutdown,  // the pool is closed
    };

    struct Connect {
        Attempt attempt;
    };
    struct CancelConnect {
        Attempt attempt;
    };
    struct Close {
        Pooled what;
        CloseReason why;
    };
    /// The end of an acquire. A connection counts as active from here on, until released().
    struct Deliver {
        Ticket ticket;
        core::Result<Pooled> connection;
    };
    using Action = std::variant<Connect, CancelConnect, Close, Deliver>;
    using Actions = std::vector<Action>;

    explicit PoolPlan(const PoolOptions& options) : options_(options) {}

    /// `client`: whose turn it takes.
    [[nodiscard]] Actions acquire(Ticket ticket, std::string_view client, core::TimePoint now);
    /// The acquirer waits no longer. Does nothing when it has been served.
    [[nodiscard]] Actions time_out(Ticket ticket, core::TimePoint now);
    [[nodiscard]] Actions cancel(Ticket ticket, core::CancelReason reason);
    /// A connection in `result` is usable.
    [[nodiscard]] Actions connected(Attempt attempt, Connected result, core::TimePoint now);
    [[nodiscard]] Actions released(Pooled leased, core::TimePoint now);
    /// Drops idle connections that are dead or were unused for too long, and connects up to min.
    [[nodiscard]] Actions check_health(core::TimePoint now);
    [[nodiscard]] Actions close();

    [[nodiscard]] bool closed() const { return closed_; }
    [[nodiscard]] std::size_t waiting() const { return waiters_.without_attempt(); }
    [[nodiscard]] PoolStats stats() const;

  private:
    struct Idle {
        Pooled pooled;
        core::TimePoint since;
    };

    [[nodiscard]] std::size_t total() const {
        return leased_.size() + idle_.size() + connecting_.size();
    }
    void drop_dead(Actions& actions);
    void drop_unused(core::TimePoint now, Actions& actions);
    void connect_to_min(core::TimePoint now, Actions& actions);
    void discard(Pooled what, CloseReason why, Actions& actions);
    void lease(Ticket ticket, Pooled free, core::TimePoint now, Actions& actions);
    void place(Pooled free, core::TimePoint now, Actions& actions);
    void connect_for_waiters(Actions& actions);
    Attempt begin_attempt(Actions& actions);
    [[nodiscard]] Actions give_up(Ticket ticket, core::Error why);
    [[nodiscard]] std::chrono::seconds retry_after(core::TimePoint now) const;

    const PoolOptions options_;
    WaitingLine waiters_;
    std::deque<Idle> idle_;  // the last used is at the back
    std::set<Attempt> connecting_;
    std::set<Attempt> spare_;  // those of them that were made for min
    Backoff backoff_;          // of the spare ones: a waiter's attempt is not put off
    std::map<Attempt, core::TimePoint> leased_;  // since when
    ServiceTime service_time_;
    Attempt last_attempt_ = 0;
    bool closed_ = false;
    PoolStats counters_;  // only the counters are kept here
};

[[nodiscard]] std::string_view to_string(PoolPlan::CloseReason reason);

}  // namespace blender_mcpd::link
