// A pool of connections to one Blender: leases, in turns by client, and a periodic check of what
// lies idle. Loop thread only: there is no lock, because nothing else can come in between.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace blender_mcpd::link {

inline constexpr core::Metric pool_acquire_duration{
    "connection_pool.acquire_duration_ms",
    "How long callers waited for a connection, in milliseconds, whether they got one or not",
    core::MetricKind::histogram};
inline constexpr core::Metric pool_queue_size{
    "connection_pool.queue_size", "Callers that wait for a connection", core::MetricKind::gauge};
inline constexpr core::Metric pool_opened{"connection_pool.opened", "Connections opened"};
inline constexpr core::Metric pool_failed{"connection_pool.failed",
                                          "Attempts to connect that failed, by core::ErrorCode",
                                          core::MetricKind::counter, "reason"};
inline constexpr core::Metric pool_health_errors{
    "connection_pool.health_errors", "Checks of the idle connections that ended by an exception"};

struct PoolOptions {
    std::size_t max = 4;                                 // connections, 1 or more
    std::size_t min = 0;                                 // kept open, also when idle; 0..max
    std::size_t max_waiters = 256;                       // more are refused; 0 or more
    std::chrono::milliseconds acquire_timeout{30'000};   // for a lease, connect included
    std::chrono::milliseconds idle_timeout{300'000};     // unused for so long: closed at a check
    std::chrono::milliseconds health_interval{30'000};   // between checks; 0.1 s..1 day
    std::uint64_t max_requests_per_connection = 10'000;  // 1 or more
};

/// ErrorCode::invalid, naming the option and its range. Times other than health_interval may be
/// 1 ms to 7 days.
[[nodiscard]] core::Result<void> check(const PoolOptions& options);

/// At every instant total = active + idle + connecting.
struct PoolStats {
    std::size_t total = 0;
    std::size_t active = 0;      // leased
    std::size_t idle = 0;        // alive and free
    std::size_t connecting = 0;  // attempts in progress
    std::size_t waiting = 0;     // acquirers without an attempt of their own
    std::uint64_t opened = 0;    // attempts that succeeded
    std::uint64_t failed = 0;    // attempts that did not
    std::uint64_t discarded =
        0;  // connections closed before close(): broken, retired or idle too long
    std::uint64_t timeouts = 0;  // acquirers that waited too long
};

class Pool {
  public:
    using Connector =
        std::function<boost::asio::awaitable<core::Result<std::shared_ptr<Connection>>>(
            core::CancelToken)>;

    /// Returns the connection when destroyed. One that is not usable() any more is closed instead;
    /// so is one whose lease ends by an exception. May outlive the pool.
    class Lease {
      public:
        Lease() = default;
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) noexcept;
        ~Lease();
        [[nodiscard]] Connection& operator*() const { return *connection_; }
        [[nodiscard]] Connection* operator->() const { return connection_.get(); }
        /// "conn-7": the seventh attempt of this pool, as the log calls it.
        [[nodiscard]] std::string id() const;

      private:
        friend struct PoolState;
        Lease(std::shared_ptr<Connection> connection, std::uint64_t number,
              std::weak_ptr<struct PoolState> pool);
        void release();

        std::shared_ptr<Connection> connection_;
        std::uint64_t number_ = 0;
        std::weak_ptr<struct PoolState> pool_;
    };

    /// Does nothing yet. `timers` and `metrics` must outlive the pool and the loop's last turn.
    /// Options that check() refuses are a bug of the caller: std::invalid_argument.
    Pool(core::Timers& timers, core::Metrics& metrics, Connector connector,
         const PoolOptions& options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Checks at once and then every health_interval, with one timer, named "connection-pool",
    /// however often it is called. A check never touches what is leased. It drops idle connections
    /// that are dead or were unused for too long, and opens what is missing to `min`, less and less
    /// often (1 s to 60 s) while that fails. After close() it does nothing.
    void start();

    /// Clients that wait are served in turns, one acquire each; those of one client first come
    /// first served. All who name no client are one. Errors: timeout ("no free connection within N
    /// s"), busy (too many waiters), both with {"retry_after_s": N}, an estimate, in their details;
    /// cancelled, shutting_down, or the connector's error.
    boost::asio::awaitable<core::Result<Lease>> acquire(core::CancelToken cancel,
                                                        std::string client = {});

    [[nodiscard]] PoolStats stats() const;

    /// Idempotent, also from within a check. No check runs after it. Waiters get shutting_down,
    /// connects in progress are cancelled, idle connections closed, leased ones closed when they
    /// come back.
    void close();

  private:
    std::shared_ptr<struct PoolState> state_;
};

}  // namespace blender_mcpd::link
