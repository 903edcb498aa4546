// Performs what the plan says: spawns connects, wakes waiters, keeps the time. Shared by the pool,
// its leases (weakly) and the coroutines in progress.
#pragma once

#include "pool_plan.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>

namespace blender_mcpd::link {

struct PoolState : std::enable_shared_from_this<PoolState> {
    PoolState(core::Timers& timers, Pool::Connector connector, const PoolOptions& options);

    static boost::asio::awaitable<core::Result<Pool::Lease>> acquire(
        std::shared_ptr<PoolState> self, core::CancelToken cancel);
    void release(std::shared_ptr<Connection> connection);
    void close();
    [[nodiscard]] PoolStats stats() const { return plan_.stats(); }

  private:
    class Acquirer;

    static boost::asio::awaitable<void> connect(std::shared_ptr<PoolState> self,
                                                PoolPlan::Attempt attempt);
    void perform(PoolPlan::Actions actions);
    void perform(PoolPlan::Connect action);
    void perform(PoolPlan::CancelConnect action);
    void perform(PoolPlan::Deliver action);
    void watch_idle();

    core::Timers& timers_;
    const Pool::Connector connector_;
    const PoolOptions options_;
    PoolPlan plan_;
    std::map<PoolPlan::Ticket, Acquirer*> acquirers_;
    std::map<PoolPlan::Attempt, core::CancelSource> attempts_;
    core::Timer idle_timer_;
    PoolPlan::Ticket last_ticket_ = 0;
};

}  // namespace blender_mcpd::link
