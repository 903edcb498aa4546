// The buckets: their bound over time, strange clocks, how they are forgotten.
#include "limiter_stage.hpp"
#include "token_bucket.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <support/captured_log.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using namespace std::chrono_literals;
using test::CapturedLog;
using test::LimiterStage;
using test::retry_after;

namespace {

/// Goes wherever the test wants, also backwards.
class FreeClock final : public core::Clock {
  public:
    [[nodiscard]] core::TimePoint now() const override { return time; }
    core::TimePoint time{};
};

}  // namespace

TEST_CASE("in every window of time at most burst + rate * time calls are admitted") {
    std::mt19937 random(20'240'601);
    const auto pick = [&](std::int64_t from, std::int64_t to) {
        return std::uniform_int_distribution<std::int64_t>(from, to)(random);
    };
    for (int schedule = 0; schedule < 60; ++schedule) {
        const Rate rate{.per_minute = pick(1, 600), .burst = pick(1, 20)};
        LimiterStage stage({.general = rate, .max_buckets = 2});
        std::vector<std::int64_t> admitted;  // ns
        for (int step = 0; step < 400; ++step) {
            if (pick(0, 2) == 0)
                stage.clock.advance(std::chrono::nanoseconds(pick(0, 200'000'000)));
            if (pick(0, 50) == 0)
                stage.clock.advance(std::chrono::nanoseconds(pick(0, 400'000'000'000)));
            if (pick(0, 5) == 0) stage.limiter.cleanup();
            // Others make the bucket that is measured go when it can.
            if (pick(0, 3) == 0) (void)stage.passes("other" + std::to_string(pick(0, 3)));
            if (stage.passes()) admitted.push_back(stage.clock.now().time_since_epoch().count());
        }
        REQUIRE_FALSE(admitted.empty());
        int broken = 0;
        for (std::size_t first = 0; first < admitted.size(); ++first) {
            for (auto last = first; last < admitted.size(); ++last) {
                const auto calls = static_cast<std::int64_t>(last - first + 1);
                const auto window = admitted[last] - admitted[first];
                // In nanoseconds times calls per minute, to stay exact.
                if ((calls - rate.burst) * 60'000'000'000 > window * rate.per_minute) ++broken;
            }
        }
        INFO("schedule " << schedule << ": " << rate.per_minute << "/min, burst " << rate.burst);
        CHECK(broken == 0);
    }
}

TEST_CASE("time that runs backwards or jumps gives at most one burst") {
    FreeClock clock;
    core::Metrics metrics;
    RateLimiter limiter(clock, metrics, {.general = {.per_minute = 60, .burst = 2}});
    const auto passing = [&] {
        int passed = 0;
        for (int i = 0; i < 100; ++i)
            passed += limiter.acquire("c", "t", ToolClass::general).has_value() ? 1 : 0;
        return passed;
    };
    clock.time = core::TimePoint(1h);
    CHECK(passing() == 2);

    SECTION("back and forth") {
        for (int i = 0; i < 50; ++i) {
            clock.time = core::TimePoint(1min);
            CHECK(passing() == 0);
            clock.time = core::TimePoint(1h);
            CHECK(passing() == 0);
        }
    }
    SECTION("the time to wait includes catching up") {
        clock.time = core::TimePoint(59min);
        const auto refused = limiter.acquire("c", "t", ToolClass::general);
        REQUIRE(refused.has_error());
        CHECK(retry_after(refused.error()) == 61s);
        clock.time += 61s;
        CHECK(passing() == 1);
    }
    SECTION("to the end of time") {
        clock.time = core::TimePoint::max();
        CHECK(passing() == 2);
        clock.time = core::TimePoint::min();
        CHECK(passing() == 0);
        CHECK(retry_after(limiter.acquire("c", "t", ToolClass::general).error()) ==
              core::Duration::max());
        limiter.cleanup();
        CHECK(limiter.stats().buckets == 1);
    }
    SECTION("from the beginning of time to its end") {
        clock.time = core::TimePoint::min();
        CHECK(limiter.acquire("d", "t", ToolClass::general).has_value());
        clock.time = core::TimePoint::max();
        CHECK(limiter.acquire("d", "t", ToolClass::general).has_value());
        CHECK(limiter.acquire("d", "t", ToolClass::general).has_value());
        CHECK(limiter.acquire("d", "t", ToolClass::general).has_error());
    }
}

TEST_CASE("cleanup forgets what was idle for more than five minutes and logs how many") {
    LimiterStage stage;
    CapturedLog log;
    CHECK(stage.passes("a"));
    CHECK(stage.passes("b"));
    stage.limiter.cleanup();
    CHECK(stage.limiter.stats().buckets == 2);
    stage.clock.advance(1min);
    CHECK(stage.passes("c"));
    stage.clock.advance(4min);
    stage.limiter.cleanup();  // exactly five minutes
    CHECK(stage.limiter.stats().buckets == 3);
    CHECK(log.text().empty());
    stage.clock.advance(1ns);
    CHECK(stage.metrics.value(rate_buckets) == 3);
    stage.limiter.cleanup();
    CHECK(stage.limiter.stats().buckets == 1);
    CHECK(stage.metrics.value(rate_buckets) == 1);
    CHECK(log.text() == "debug: Rate limiter cleanup: 2 buckets removed, 1 left\n");
}

TEST_CASE("cleanup keeps an idle bucket that is not full: forgetting it would give calls away") {
    LimiterStage stage({.general = {.per_minute = 1, .burst = 10}});
    CHECK(stage.passing(20) == 10);
    stage.clock.advance(9min + 59s);
    stage.limiter.cleanup();
    CHECK(stage.limiter.stats().buckets == 1);
    CHECK(stage.passing(20) == 9);
}

TEST_CASE("when there is no room, the full bucket that was unused longest goes") {
    LimiterStage stage({.general = {.per_minute = 60, .burst = 5}, .max_buckets = 3});
    for (const char* client : {"a", "b", "c"}) {
        stage.clock.advance(1s);
        CHECK(stage.passes(client));
    }
    stage.clock.advance(1s);
    CHECK(stage.passing(5, "a") == 5);  // the oldest, but not full any more
    stage.clock.advance(1s);
    CHECK(stage.passes("d"));  // in the place of b
    CHECK(stage.limiter.stats().buckets == 3);
    CHECK(stage.passing(9, "a") == 1);
    CHECK(stage.passing(9, "c") == 5);
}

TEST_CASE("when no bucket is full, a new client waits until the first is") {
    LimiterStage stage({.general = {.per_minute = 60, .burst = 5}, .max_buckets = 2});
    CHECK(stage.passing(3, "a") == 3);
    stage.clock.advance(500ms);
    CHECK(stage.passing(3, "b") == 3);
    const auto refused = stage.call("d");
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == core::ErrorCode::busy);
    CHECK(refused.error().message ==
          "Too many clients: 2 token buckets are in use, the most that may be");
    CHECK(stage.metrics.value(calls_refused, "clients") == 1);
    CHECK(stage.passes("a"));  // who has a bucket goes on
    const auto wait = retry_after(stage.call("d").error());
    CHECK(wait == 3s);
    stage.clock.advance(wait - 1ns);
    CHECK_FALSE(stage.passes("d"));
    stage.clock.advance(1ns);
    CHECK(stage.passes("d"));
    CHECK(stage.limiter.stats().buckets == 2);
}

TEST_CASE("buckets and clients stay within their bound, whoever calls") {
    LimiterStage stage({.general = {.per_minute = 1, .burst = 2}, .max_buckets = 16});
    std::vector<RateLimiter::Permit> permits;
    for (int i = 0; i < 500; ++i) {
        stage.clock.advance(1s);
        if (auto permit = stage.call("client " + std::to_string(i)))
            permits.push_back(std::move(*permit));
        const auto stats = stage.limiter.stats();
        REQUIRE(stats.buckets <= 16);
        REQUIRE(stats.clients <= 16);
        REQUIRE(stage.metrics.value(rate_buckets) == static_cast<std::int64_t>(stats.buckets));
    }
    CHECK(permits.size() == 16);
    permits.clear();
    stage.clock.advance(1h);
    CHECK(stage.passes("another"));
}

TEST_CASE("long names of clients are shortened and stay apart") {
    LimiterStage stage({.general = {.per_minute = 1, .burst = 1}});
    const std::string common(100'000, 'x');
    CHECK(stage.passes(common + "a"));
    CHECK_FALSE(stage.passes(common + "a"));
    CHECK(stage.passes(common + "b"));
    CHECK(stage.passes(std::string(RateLimiter::max_client_bytes, 'x')));
    CHECK(stage.limiter.stats().buckets == 3);
}

TEST_CASE("a limiter that is gone has no buckets in the gauge") {
    core::ManualClock clock;
    core::Metrics metrics;
    {
        RateLimiter limiter(clock, metrics, {});
        CHECK(limiter.acquire("a", "t", ToolClass::general).has_value());
        CHECK(metrics.value(rate_buckets) == 1);
    }
    CHECK(metrics.value(rate_buckets) == 0);
    for (const auto& metric : {calls_admitted, rate_buckets, cleanups_prevented})
        CHECK(metrics.all().contains(std::string(metric.name)));
}
