// A pool whose connects are stepped by the test.
#pragma once

#include "fake_connection.hpp"
#include "stage.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/link/pool.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace blender_mcpd::test {

using Connected = core::Result<std::shared_ptr<link::Connection>>;
using Leased = core::Result<link::Pool::Lease>;

/// A connect in progress, to be ended by the test.
struct Attempt {
    explicit Attempt(const boost::asio::any_io_executor& executor) : result(executor) {}
    core::OneShot<Connected> result;
    bool cancelled = false;
};

struct PoolStage : Stage {
    explicit PoolStage(const link::PoolOptions& options = {}) {
        pool.emplace(
            timers, metrics,
            [this](core::CancelToken cancel) { return connect(std::move(cancel)); }, options);
    }
    ~PoolStage() {
        pool.reset();
        until_quiet();
        for (const auto& connection : connections)
            CHECK(connection->closed);
    }

    boost::asio::awaitable<Connected> connect(core::CancelToken cancel) {
        const auto attempt = std::make_shared<Attempt>(io.get_executor());
        attempts.push_back(attempt);
        const auto registration = cancel.on_cancel([&](core::CancelReason) {
            attempt->cancelled = true;
            attempt->result.set(core::Error{.code = ErrorCode::cancelled});
        });
        auto result = co_await attempt->result.wait();
        co_return result;
    }

    Task<Leased> acquire(core::CancelToken cancel = {}) {
        return start(pool->acquire(std::move(cancel)));
    }
    std::shared_ptr<FakeConnection> accept(std::size_t attempt) {
        connections.push_back(std::make_shared<FakeConnection>());
        attempts.at(attempt)->result.set(connections.back());
        settle();
        return connections.back();
    }
    void refuse(std::size_t attempt) {
        attempts.at(attempt)->result.set(
            core::Error{.code = ErrorCode::connection, .message = "refused"});
        settle();
    }

    std::vector<std::shared_ptr<Attempt>> attempts;
    std::vector<std::shared_ptr<FakeConnection>> connections;
    core::Metrics metrics;
    std::optional<link::Pool> pool;
};

}  // namespace blender_mcpd::test
