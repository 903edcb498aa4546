// The cleanup timer, and the limiter at shutdown.
#include "limiter_stage.hpp"

#include <blender_mcpd/core/shutdown.hpp>

#include <boost/asio/awaitable.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#include <support/captured_log.hpp>
#include <support/loop.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using namespace std::chrono_literals;
using test::CapturedLog;

namespace {

const std::vector<std::string> one_timer{"rate-limiter"};

struct TimerStage : test::ManualLoop {
    core::Metrics metrics;
};

}  // namespace

TEST_CASE("however often it is started, the limiter has one timer of 60 s") {
    TimerStage stage;
    RateLimiter limiter(stage.clock, stage.metrics, {});
    CHECK(stage.timers.armed().empty());
    for (int i = 0; i < 10; ++i)
        limiter.start(stage.timers);
    CHECK(stage.timers.armed() == one_timer);

    CHECK(limiter.acquire("a", "t", ToolClass::general).has_value());
    for (int minute = 1; minute <= 5; ++minute)
        stage.advance(60s);
    CHECK(limiter.stats().buckets == 1);
    stage.advance(59s);
    CHECK(limiter.stats().buckets == 1);
    stage.advance(1s);
    CHECK(limiter.stats().buckets == 0);
    CHECK(stage.timers.armed() == one_timer);
}

TEST_CASE("shutdown cancels the rate limiter's timer and says so once") {
    TimerStage stage;
    RateLimiter limiter(stage.clock, stage.metrics, {});
    CapturedLog log;
    SECTION("started") {
        limiter.start(stage.timers);
    }
    SECTION("never started") {}
    limiter.shutdown();
    CHECK(stage.timers.armed().empty());
    limiter.shutdown();
    limiter.start(stage.timers);
    limiter.reconfigure({});
    CHECK(stage.timers.armed().empty());
    CHECK(stage.timers.close() == 0);
    CHECK(log.text() == "debug: Rate limiter shutdown complete\n");
}

TEST_CASE("a limiter that is destroyed takes its timer along") {
    TimerStage stage;
    {
        RateLimiter limiter(stage.clock, stage.metrics, {});
        limiter.start(stage.timers);
        CHECK(stage.timers.armed() == one_timer);
    }
    CHECK(stage.timers.armed().empty());
    stage.advance(1h);
}

TEST_CASE("a limiter that is off has no timer until it is turned on") {
    TimerStage stage;
    RateLimiter limiter(stage.clock, stage.metrics, {.enabled = false});
    limiter.start(stage.timers);
    CHECK(stage.timers.armed().empty());
    limiter.reconfigure({.enabled = true});
    CHECK(stage.timers.armed() == one_timer);
    limiter.reconfigure({.enabled = true});
    CHECK(stage.timers.armed() == one_timer);
    limiter.reconfigure({.enabled = false});
    CHECK(stage.timers.armed().empty());
}

TEST_CASE("a cleanup that fails does not end the timer") {
    TimerStage stage;
    RateLimiter limiter(stage.clock, stage.metrics, {});
    limiter.start(stage.timers);
    CHECK(limiter.acquire("a", "t", ToolClass::general).has_value());
    bool fail = true;
    stage.metrics.watch(rate_buckets, [&](std::int64_t) {
        if (fail) throw std::runtime_error("watcher");
    });
    stage.clock.advance(6min);
    CHECK_THROWS_AS(stage.timers.fire_due(), std::runtime_error);
    CHECK(stage.timers.armed() == one_timer);
    fail = false;
    CHECK(limiter.acquire("a", "t", ToolClass::general).has_value());
    for (int minute = 0; minute < 6; ++minute)
        stage.advance(60s);
    CHECK(limiter.stats().buckets == 0);
}

namespace {

struct Registered {
    Registered(TimerStage& stage, core::ShutdownRegistry& registry)
        : limiter(stage.clock, stage.metrics, {}),
          registration(*registry.add("rate-limiter", core::ShutdownPriority::calls,
                                     [this] { return end(limiter); })) {
        limiter.start(stage.timers);
    }
    static boost::asio::awaitable<void> end(RateLimiter& limiter) {
        limiter.shutdown();
        co_return;
    }
    RateLimiter limiter;
    core::ShutdownRegistry::Registration registration;
};

boost::asio::awaitable<void> shut_down(core::ShutdownRegistry& registry,
                                       std::vector<std::string>& names) {
    const auto outcomes = co_await registry.run();
    for (const auto& outcome : outcomes)
        names.push_back(outcome.name);
}

}  // namespace

TEST_CASE("1000 rate limiters that came and went leave no shutdown handler and no timer") {
    TimerStage stage;
    core::ShutdownRegistry registry(stage.timers);
    for (int i = 0; i < 1'000; ++i) {
        const Registered registered(stage, registry);
        REQUIRE(registry.size() == 1);
        REQUIRE(stage.timers.armed() == one_timer);
    }
    CHECK(registry.size() == 0);
    CHECK(stage.timers.armed().empty());
    CapturedLog log;
    std::vector<std::string> ran;
    stage.spawn(shut_down(registry, ran));
    CHECK(registry.running());
    CHECK(ran.empty());
    CHECK(log.count("Rate limiter") == 0);
}

TEST_CASE("the rate limiter registers once by its name and is shut down by the registry") {
    TimerStage stage;
    core::ShutdownRegistry registry(stage.timers);
    Registered registered(stage, registry);
    const auto second = registry.add("rate-limiter", core::ShutdownPriority::calls,
                                     [&] { return Registered::end(registered.limiter); });
    REQUIRE(second.has_error());
    CHECK(second.error().code == core::ErrorCode::invalid);

    CapturedLog log;
    std::vector<std::string> ran;
    stage.spawn(shut_down(registry, ran));
    CHECK(ran == one_timer);
    CHECK(stage.timers.armed().empty());
    CHECK(log.count("Rate limiter shutdown complete") == 1);
    CHECK(registered.limiter.acquire("a", "t", ToolClass::general).error().code ==
          core::ErrorCode::shutting_down);
}
