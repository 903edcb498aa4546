// The pool around its plan: leases, waiting, cancellation, time, close. Connects are stepped by the
// test.
#include "pool_stage.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <stdexcept>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using link::Pool;

TEST_CASE("a lease gives the connection back at its end") {
    PoolStage stage;
    const auto task = stage.acquire();
    CHECK(stage.pool->stats().connecting == 1);
    const auto connection = stage.accept(0);
    {
        auto lease = stage.finish(task).value();
        CHECK(&*lease == connection.get());
        CHECK(lease->usable());
        CHECK(stage.pool->stats().active == 1);

        auto moved = std::move(lease);
        CHECK(stage.pool->stats().active == 1);
        moved = Pool::Lease();
        CHECK(stage.pool->stats().active == 0);
        CHECK(stage.pool->stats().idle == 1);
    }
    CHECK(stage.pool->stats().idle == 1);  // not given back twice
    CHECK_FALSE(connection->closed);
    CHECK(&**stage.finish(stage.acquire()) == connection.get());
    CHECK(stage.attempts.size() == 1);
}

TEST_CASE("a lease that ends by an exception discards the connection") {
    PoolStage stage;
    auto task = stage.acquire();
    const auto connection = stage.accept(0);
    try {
        const auto lease = stage.finish(task).value();
        task->value.reset();
        throw std::runtime_error("a bug");
    } catch (const std::runtime_error&) {
    }
    CHECK(connection->closed);
    CHECK(stage.pool->stats().total == 0);
    CHECK(stage.pool->stats().discarded == 1);
}

TEST_CASE("a lease may outlive the pool") {
    PoolStage stage;
    const auto task = stage.acquire();
    const auto connection = stage.accept(0);
    {
        const auto lease = stage.finish(task).value();
        stage.pool.reset();
        CHECK_FALSE(connection->closed);
    }
    CHECK(connection->closed);
}

TEST_CASE("one release wakes one waiter, in order") {
    PoolStage stage({.max = 1});
    const auto first = stage.acquire();
    stage.accept(0);
    auto lease = stage.finish(first).value();
    const auto second = stage.acquire();
    const auto third = stage.acquire();
    CHECK(stage.pool->stats().waiting == 2);
    lease = Pool::Lease();
    stage.settle();
    CHECK(second->done());
    CHECK_FALSE(third->done());
    second->value.reset();
    CHECK(stage.finish(third));
}

TEST_CASE("a connector that fails or throws is the error of its waiter") {
    PoolStage stage;
    const auto task = stage.acquire();
    stage.refuse(0);
    CHECK(stage.finish(task).error().message == "refused");
    CHECK(stage.pool->stats().failed == 1);

    Pool throwing(stage.timers, stage.metrics,
                  [](core::CancelToken) -> boost::asio::awaitable<Connected> {
                      throw std::runtime_error("no memory");
                  },
                  {});
    const auto error = stage.run(throwing.acquire({})).error();
    CHECK(error.code == ErrorCode::internal);
    CHECK(error.message == "Connection failed: unexpected exception: no memory");
    CHECK(throwing.stats().total == 0);
}

TEST_CASE("a connection that is dead on arrival is the error of its waiter, not tried for ever") {
    PoolStage stage({.max = 1});
    const auto task = stage.acquire();
    const auto waiting = stage.acquire();
    const auto dead = std::make_shared<FakeConnection>();
    dead->alive = false;
    stage.attempts.at(0)->result.set(std::shared_ptr<link::Connection>(dead));
    const auto error = stage.finish(task).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK(error.message == "Connection failed: Blender closed it right after its hello");
    CHECK(dead->closed);
    stage.settle();
    CHECK(stage.attempts.size() == 2);
    stage.accept(1);
    CHECK(stage.finish(waiting));
    CHECK(stage.pool->stats().failed == 1);
    CHECK(stage.pool->stats().opened == 1);
}

TEST_CASE("waiting ends after the acquire timeout, connecting included") {
    PoolStage stage({.max = 1, .acquire_timeout = 30s});
    const auto connecting = stage.acquire();
    const auto waiting = stage.acquire();
    stage.advance(30s - 1ms);
    CHECK_FALSE(connecting->done());
    CHECK_FALSE(waiting->done());
    stage.advance(1ms);
    for (const auto& task : {connecting, waiting}) {
        const auto error = stage.finish(task).error();
        CHECK(error.code == ErrorCode::timeout);
        CHECK_THAT(error.message, ContainsSubstring("no free connection within 30 s"));
    }
    CHECK(stage.attempts[0]->cancelled);
    CHECK(stage.pool->stats().timeouts == 2);
    CHECK(stage.pool->stats().total == 0);
    CHECK(stage.pool->stats().waiting == 0);
}

TEST_CASE("a waiter that was served does not time out later") {
    PoolStage stage;
    const auto task = stage.acquire();
    stage.accept(0);
    const auto lease = stage.finish(task).value();
    stage.advance(1h);
    CHECK(stage.pool->stats().timeouts == 0);
    CHECK(stage.pool->stats().active == 1);
}

TEST_CASE("too many waiters are refused") {
    PoolStage stage({.max = 1, .max_waiters = 1});
    const auto first = stage.acquire();
    const auto second = stage.acquire();
    CHECK(stage.finish(stage.acquire()).error().code == ErrorCode::busy);
    CHECK_FALSE(second->done());
}

TEST_CASE("a cancelled acquirer never gets a lease") {
    PoolStage stage({.max = 1});
    core::CancelSource cancel;

    SECTION("before") {
        cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(stage.acquire(cancel.token())).error().code == ErrorCode::cancelled);
        CHECK(stage.attempts.empty());
    }
    SECTION("while its connect is in progress") {
        const auto task = stage.acquire(cancel.token());
        cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(task).error().code == ErrorCode::cancelled);
        CHECK(stage.attempts[0]->cancelled);
    }
    SECTION("while it waits") {
        const auto first = stage.acquire();
        stage.accept(0);
        const auto task = stage.acquire(cancel.token());
        const auto third = stage.acquire();
        cancel.cancel(core::CancelReason::shutdown);
        CHECK(stage.finish(task).error().code == ErrorCode::shutting_down);
        first->value.reset();
        CHECK(stage.finish(third));
    }
    SECTION("after it was handed one but before it ran: the lease goes on to the next") {
        const auto first = stage.acquire();
        stage.accept(0);
        const auto task = stage.acquire(cancel.token());
        const auto third = stage.acquire();
        first->value.reset();
        cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(task).error().code == ErrorCode::cancelled);
        CHECK(stage.finish(third));
        CHECK(stage.pool->stats().opened == 1);
    }
}

TEST_CASE("an acquirer that ends by an exception leaves nothing behind") {
    PoolStage stage({.max = 1});
    const auto first = stage.acquire();
    stage.accept(0);
    boost::asio::cancellation_signal abort;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        stage.io,
        [](Pool& pool) -> boost::asio::awaitable<void> {
            static_cast<void>(co_await pool.acquire({}));
        }(*stage.pool),
        boost::asio::bind_cancellation_slot(abort.slot(),
                                            [&](std::exception_ptr error) { failure = error; }));
    stage.settle();
    CHECK(stage.pool->stats().waiting == 1);
    abort.emit(boost::asio::cancellation_type::terminal);
    stage.settle();
    CHECK(failure);
    CHECK(stage.pool->stats().waiting == 0);
    first->value.reset();
    CHECK(stage.pool->stats().idle == 1);
}

TEST_CASE("a connection is retired after so many requests") {
    PoolStage stage({.max_requests_per_connection = 2});
    for (int call = 0; call < 4; ++call) {
        const auto task = stage.acquire();
        if (call % 2 == 0) stage.accept(stage.attempts.size() - 1);
        auto lease = stage.finish(task).value();
        CHECK(stage.run(lease->call({}, {}, {})));
    }
    CHECK(stage.pool->stats().opened == 2);
    CHECK(stage.pool->stats().discarded == 2);
    CHECK(stage.pool->stats().total == 0);
}

TEST_CASE("close tells waiters, cancels connects, and takes back what is leased") {
    PoolStage stage({.max = 2});
    const auto first = stage.acquire();
    const auto connection = stage.accept(0);
    const auto connecting = stage.acquire();
    const auto waiting = stage.acquire();
    stage.pool->close();
    stage.pool->close();
    for (const auto& task : {connecting, waiting}) {
        const auto error = stage.finish(task).error();
        CHECK(error.code == ErrorCode::shutting_down);
        CHECK(error.message == "Connection pool shutting down");
    }
    stage.settle();
    CHECK(stage.attempts[1]->cancelled);
    CHECK(stage.finish(stage.acquire()).error().code == ErrorCode::shutting_down);
    CHECK(stage.pool->stats().active == 1);
    CHECK_FALSE(connection->closed);
    first->value.reset();
    CHECK(connection->closed);
    CHECK(stage.pool->stats().total == 0);
}

TEST_CASE("a pool may be destroyed while acquires are in progress") {
    PoolStage stage({.max = 1});
    const auto connecting = stage.acquire();
    const auto waiting = stage.acquire();
    stage.pool.reset();
    CHECK(stage.finish(connecting).error().code == ErrorCode::shutting_down);
    CHECK(stage.finish(waiting).error().code == ErrorCode::shutting_down);
}
