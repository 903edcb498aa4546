// The pool's periodic check: its one timer, what it closes and opens, and what goes wrong in it.
#include "pool_stage.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using link::Pool;
using link::PoolOptions;
using std::chrono::milliseconds;
using Names = std::vector<std::string>;

namespace {

const Names the_timer{"connection-pool"};

struct HealthStage : PoolStage {
    explicit HealthStage(const PoolOptions& options = {}) : PoolStage(options) {}

    /// An idle connection.
    std::shared_ptr<FakeConnection> idle() {
        const auto task = acquire();
        const auto connection = accept(attempts.size() - 1);
        task->value.reset();
        return connection;
    }
};

}  // namespace

TEST_CASE("MEMORY_LEAK_002: a pool has one health timer, and none after close") {
    HealthStage stage({.health_interval = 10s});
    CHECK(stage.timers.armed().empty());  // the constructor starts nothing
    stage.pool->close();                  // stopped without ever being started

    stage.pool.emplace(
        stage.timers, stage.metrics,
        [&](core::CancelToken cancel) { return stage.connect(std::move(cancel)); },
        PoolOptions{.health_interval = 10s});
    for (int times = 0; times < 5; ++times)
        stage.pool->start();
    CHECK(stage.timers.armed() == the_timer);
    stage.advance(10s);
    stage.pool->start();
    CHECK(stage.timers.armed() == the_timer);

    SECTION("closed") {
        stage.pool->close();
        CHECK(stage.timers.armed().empty());
        stage.pool->close();
        stage.pool->start();
        stage.advance(1h);
        CHECK(stage.timers.armed().empty());
    }
    SECTION("destroyed") {
        stage.pool.reset();
        CHECK(stage.timers.armed().empty());
    }
    CHECK(stage.timers.close() == 0);
}

TEST_CASE("a pool that cannot be made leaves no timer") {
    const struct {
        const char* message;
        PoolOptions options;
    } table[]{
        {"max is 0, but must be 1 or more", {.max = 0}},
        {"min is 3, but must be at most max, 2", {.max = 2, .min = 3}},
        {"max_requests_per_connection is 0", {.max_requests_per_connection = 0}},
        {"health_interval is 0 s, but must be from 0.1 s to 86400 s", {.health_interval = 0s}},
        {"health_interval is -1 s", {.health_interval = -1s}},
        {"health_interval is 0.099 s", {.health_interval = 99ms}},
        {"health_interval is 86400 s, but", {.health_interval = 24h + 1ms}},
        {"health_interval", {.health_interval = milliseconds::max()}},
        {"health_interval", {.health_interval = milliseconds::min()}},
        {"idle_timeout is 0 s", {.idle_timeout = 0s}},
        {"idle_timeout", {.idle_timeout = milliseconds::max()}},
        {"acquire_timeout is -0.001 s", {.acquire_timeout = -1ms}},
        {"acquire_timeout", {.acquire_timeout = milliseconds::max()}},
    };
    for (const auto& row : table) {
        INFO(row.message);
        const auto refused = link::check(row.options);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid);
        CHECK_THAT(refused.error().message, ContainsSubstring(row.message));

        Stage stage;
        core::Metrics metrics;
        const auto files = open_files();
        const auto make = [&] { Pool pool(stage.timers, metrics, {}, row.options); };
        CHECK_THROWS_AS(make(), std::invalid_argument);
        CHECK(stage.timers.armed().empty());
        CHECK(open_files() == files);
    }
    CHECK(link::check({}));
    CHECK(link::check({.max = 1, .min = 1, .health_interval = 100ms}));
    CHECK(link::check({.health_interval = 24h}));
}

TEST_CASE("a thousand pools leave no timer") {
    HealthStage stage;
    for (int times = 0; times < 1'000; ++times) {
        Pool pool(
            stage.timers, stage.metrics,
            [](core::CancelToken) -> boost::asio::awaitable<Connected> {
                throw std::runtime_error("no memory");
            },
            PoolOptions{.max = 4, .min = 4});
        pool.start();
        if (times % 2 == 0) stage.settle();
    }
    stage.settle();
    CHECK(stage.timers.armed().empty());
}

TEST_CASE("idle connections are really closed at a check") {
    HealthStage stage({.idle_timeout = 10s, .health_interval = 2s});
    stage.pool->start();
    const auto a = stage.idle();
    const auto held = stage.acquire();  // a again, to make b a second one
    const auto b = stage.idle();
    held->value.reset();
    stage.advance(2s);
    const auto again = stage.acquire();  // a, the last used
    again->value.reset();
    for (int checks = 1; checks < 5; ++checks)
        stage.advance(2s);
    CHECK(b->closed);
    CHECK_FALSE(a->closed);
    CHECK(stage.pool->stats().idle == 1);
    stage.advance(2s);
    CHECK(a->closed);
    CHECK(stage.pool->stats().total == 0);
    CHECK(stage.pool->stats().discarded == 2);
}

TEST_CASE("a check neither closes nor looks at a connection in use") {
    HealthStage stage({.idle_timeout = 10s, .health_interval = 1s});
    stage.pool->start();
    const auto connection = stage.idle();
    const auto task = stage.acquire();
    int looks = 0;
    connection->on_look = [&] { ++looks; };
    connection->alive = false;
    for (int second = 0; second < 60; ++second)
        stage.advance(1s);
    CHECK(looks == 0);
    CHECK_FALSE(connection->closed);
    CHECK(stage.pool->stats().active == 1);
    task->value.reset();
    CHECK(connection->closed);
}

TEST_CASE("a connection that died while idle leaves the pool at the next check") {
    HealthStage stage({.max = 1, .health_interval = 5s});
    stage.pool->start();
    const auto connection = stage.idle();
    connection->alive = false;
    CHECK(stage.pool->stats().total == 0);  // it does not count even before
    stage.advance(5s);
    CHECK(connection->closed);
    CHECK(stage.pool->stats().discarded == 1);
    const auto task = stage.acquire();
    stage.accept(1);
    CHECK(stage.finish(task));
}

TEST_CASE("the minimum is opened at the start and restored by checks") {
    HealthStage stage({.max = 3, .min = 2, .health_interval = 5s});
    stage.pool->start();
    stage.settle();
    REQUIRE(stage.attempts.size() == 2);
    const auto a = stage.accept(0);
    for (int checks = 0; checks < 10; ++checks)
        stage.advance(5s);  // a slow connect counts
    CHECK(stage.attempts.size() == 2);
    stage.accept(1);
    CHECK(stage.pool->stats().idle == 2);

    a->alive = false;
    stage.advance(5s);
    REQUIRE(stage.attempts.size() == 3);
    stage.refuse(2);
    CHECK(stage.pool->stats().failed == 1);
    stage.advance(5s);
    REQUIRE(stage.attempts.size() == 4);
    stage.accept(3);
    CHECK(stage.pool->stats().idle == 2);
    CHECK(stage.pool->stats().total == 2);
}

TEST_CASE("close cancels what is being opened for the minimum") {
    HealthStage stage({.max = 2, .min = 2});
    stage.pool->start();
    stage.settle();
    stage.pool->close();
    stage.settle();
    CHECK(stage.attempts.at(0)->cancelled);
    CHECK(stage.attempts.at(1)->cancelled);
    CHECK(stage.pool->stats().total == 0);
}

TEST_CASE("an exception in a check is counted, and the next check still happens") {
    HealthStage stage({.health_interval = 5s});
    stage.pool->start();
    const auto connection = stage.idle();
    connection->on_look = [] { throw std::runtime_error("a bug"); };
    CHECK(stage.metrics.value(link::pool_health_errors) == 0);
    stage.advance(5s);
    stage.advance(5s);
    CHECK(stage.metrics.value(link::pool_health_errors) == 2);
    CHECK(stage.timers.armed() == the_timer);
    connection->on_look = nullptr;
    connection->alive = false;
    stage.advance(5s);
    CHECK(stage.metrics.value(link::pool_health_errors) == 2);
    CHECK(connection->closed);
}

TEST_CASE("a connection whose closing throws does not keep the check from its other work") {
    HealthStage stage({.max = 2, .min = 2, .health_interval = 5s});
    stage.pool->start();
    stage.settle();
    const auto a = stage.accept(0);
    const auto b = stage.accept(1);
    for (const auto& connection : {a, b}) {
        connection->alive = false;
        connection->on_close = [] { throw std::runtime_error("a bug"); };
    }
    stage.advance(5s);
    CHECK(stage.metrics.value(link::pool_health_errors) == 1);
    CHECK(a->closed);
    CHECK(b->closed);
    CHECK(stage.attempts.size() == 4);
}

TEST_CASE("the pool may be closed or destroyed from within its own check") {
    HealthStage stage({.max = 3, .min = 1, .idle_timeout = 1s, .health_interval = 5s});
    stage.pool->start();
    stage.settle();
    const auto first = stage.accept(0);
    const auto held = stage.acquire();
    const auto second = stage.idle();
    held->value.reset();
    bool destroy = false;
    SECTION("closed") {}
    SECTION("destroyed") {
        destroy = true;
    }
    first->alive = false;
    second->alive = false;
    (destroy ? first : second)->on_close = [&] {
        if (destroy)
            stage.pool.reset();
        else
            stage.pool->close();
    };
    stage.advance(5s);
    CHECK(first->closed);
    CHECK(second->closed);
    CHECK(stage.timers.armed().empty());
    stage.advance(1h);
    stage.settle();
    for (std::size_t attempt = 1; attempt < stage.attempts.size(); ++attempt)
        CHECK((attempt == 1 || stage.attempts[attempt]->cancelled));
    if (!destroy) CHECK(stage.pool->stats().total == 0);
}

TEST_CASE("a check that is slower than the interval is never overlapped, and missed ones dropped") {
    HealthStage stage({.health_interval = 5s});
    stage.pool->start();
    const auto connection = stage.idle();
    int looks = 0;
    bool inside = false;
    connection->on_look = [&] {
        CHECK_FALSE(inside);
        inside = true;
        ++looks;
        stage.clock.advance(17s);
        stage.timers.fire_due();
        inside = false;
    };
    stage.advance(5s);
    CHECK(looks == 1);
    stage.advance(5s - 1ms);
    CHECK(looks == 1);
    stage.advance(1ms);
    CHECK(looks == 2);
    connection->on_look = nullptr;
}

TEST_CASE("a day of checks changes nothing in a healthy pool") {
    HealthStage stage({.max = 2, .min = 2, .idle_timeout = 60s, .health_interval = 1s});
    stage.pool->start();
    stage.settle();
    stage.accept(0);
    stage.accept(1);
    const auto files = open_files();
    for (int second = 0; second < 86'400; ++second) {
        stage.clock.advance(1s);
        stage.timers.fire_due();
    }
    CHECK(stage.pool->stats().idle == 2);
    CHECK(stage.pool->stats().opened == 2);
    CHECK(stage.timers.armed() == the_timer);
    CHECK(open_files() == files);
}
