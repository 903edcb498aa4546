// A pool of connections to one Blender: leases, first come first served. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace blender_mcpd::link {

struct PoolOptions {
    std::size_t max = 4;                                 // connections, 1 or more
    std::size_t max_waiters = 256;                       // more are refused; 0 or more
    std::chrono::milliseconds acquire_timeout{30'000};   // for a lease, connect included
    std::chrono::milliseconds idle_timeout{300'000};     // an idle connection is closed after it
    std::uint64_t max_requests_per_connection = 10'000;  // 1 or more
};

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

      private:
        friend struct PoolState;
        Lease(std::shared_ptr<Connection> connection, std::weak_ptr<struct PoolState> pool);
        void release();

        std::shared_ptr<Connection> connection_;
        std::weak_ptr<struct PoolState> pool_;
    };

    Pool(core::Timers& timers, Connector connector, PoolOptions options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Errors: timeout ("no free connection within N s"), busy (too many waiters), cancelled,
    /// shutting_down, or the connector's error.
    boost::asio::awaitable<core::Result<Lease>> acquire(core::CancelToken cancel);

    [[nodiscard]] PoolStats stats() const;

    /// Idempotent. Waiters get shutting_down, connects in progress are cancelled, idle connections
    /// closed, leased ones closed when they come back.
    void close();

  private:
    std::shared_ptr<struct PoolState> state_;
};

}  // namespace blender_mcpd::link
