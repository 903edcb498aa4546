// Performs what the plan says: spawns connects, wakes waiters, closes connections, keeps the time,
// writes the log and the metrics. Shared by the pool, its leases (weakly) and the coroutines in
// progress.
#pragma once

#include "pool_plan.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace blender_mcpd::link {

struct PoolState : std::enable_shared_from_this<PoolState> {
    PoolState(core::Timers& timers, core::Metrics& metrics, Pool::Connector connector,
              const PoolOptions& options);

    static boost::asio::awaitable<core::Result<Pool::Lease>> acquire(
        std::shared_ptr<PoolState> self, core::CancelToken cancel, std::string client);
    void release(PoolPlan::Pooled leased);
    void start();
    void close();
    [[nodiscard]] PoolStats stats() const { return plan_.stats(); }

  private:
    class Acquirer;

    static boost::asio::awaitable<void> connect(std::shared_ptr<PoolState> self,
                                                PoolPlan::Attempt attempt);
    void check_health();
    void perform(PoolPlan::Actions actions);
    void perform(PoolPlan::Connect action);
    void perform(PoolPlan::CancelConnect action);
    void perform(PoolPlan::Close action);
    void perform(PoolPlan::Deliver action);
    void note_end(PoolPlan::Attempt attempt, const PoolPlan::Connected& result);
    void note_queue();

    core::Timers& timers_;
    core::Metrics& metrics_;
    const Pool::Connector connector_;
    const PoolOptions options_;
    PoolPlan plan_;
    std::map<PoolPlan::Ticket, Acquirer*> acquirers_;
    std::map<PoolPlan::Attempt, core::CancelSource> attempts_;
    PoolPlan::Ticket last_ticket_ = 0;
    std::size_t noted_queue_ = 0;  // this pool's part of the gauge
    bool started_ = false;
    core::Timer health_timer_;
};

}  // namespace blender_mcpd::link
