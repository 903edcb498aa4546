// Who is let through: rates, concurrency, permits, live changes.
#include "concurrency_counter.hpp"
#include "limiter_stage.hpp"

#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <support/captured_log.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using namespace std::chrono_literals;
using test::CapturedLog;
using test::LimiterStage;
using test::retry_after;

TEST_CASE("a burst passes, then one call per interval of the rate") {
    LimiterStage stage({.general = {.per_minute = 60, .burst = 3}});
    CHECK(stage.passing(5) == 3);
    stage.clock.advance(999ms);
    CHECK_FALSE(stage.passes());
    stage.clock.advance(1ms);
    CHECK(stage.passing(5) == 1);
    stage.clock.advance(1h);
    CHECK(stage.passing(5) == 3);
    CHECK(stage.metrics.value(calls_admitted) == 7);
    CHECK(stage.metrics.value(calls_refused, "rate") == 2 + 1 + 4 + 2);
}

TEST_CASE("a refusal says which limit was reached and when to come back") {
    LimiterStage stage({.general = {.per_minute = 7, .burst = 1},
                        .script = {.per_minute = 20, .burst = 1},
                        .tools = {{"render_image", {.per_minute = 2, .burst = 1}}}});
    struct Row {
        std::string tool;
        ToolClass tool_class;
        std::string message;
        std::string remedy;
        std::string details;
    };
    const std::vector<Row> rows{
        {"get_scene_info", ToolClass::general,
         "Rate limit reached: at most 7 general calls per minute, 1 at once",
         "Call again in 8.571428572 s.", R"({"retry_after_s":8.571428572})"},
        {"run_script", ToolClass::script,
         "Rate limit reached: at most 20 script calls per minute, 1 at once", "Call again in 3 s.",
         R"({"retry_after_s":3})"},
        {"render_image", ToolClass::general,
         "Rate limit reached: at most 2 calls of render_image per minute, 1 at once",
         "Call again in 30 s.", R"({"retry_after_s":30})"},
    };
    for (const auto& row : rows) {
        INFO(row.tool);
        REQUIRE(stage.passes("c", row.tool, row.tool_class));
        const auto refused = stage.call("c", row.tool, row.tool_class);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == core::ErrorCode::busy);
        CHECK(refused.error().outcome == core::Outcome::not_applied);
        CHECK(refused.error().message == row.message);
        CHECK(refused.error().remedy == row.remedy);
        CHECK(refused.error().details == row.details);
        CHECK(core::parse_json(refused.error().details).has_value());
    }
}

TEST_CASE("a call after exactly the told time passes, and one a nanosecond earlier does not") {
    for (const std::int64_t per_minute : {1, 7, 59, 60, 61, 999'983, 1'000'000}) {
        for (const std::int64_t burst : {1, 2, 1'000}) {
            INFO(per_minute << " per minute, burst " << burst);
            LimiterStage stage({.general = {.per_minute = per_minute, .burst = burst}});
            CHECK(stage.passing(static_cast<int>(burst)) == burst);
            for (int round = 0; round < 5; ++round) {
                const auto refused = stage.call();
                REQUIRE(refused.has_error());
                const auto wait = retry_after(refused.error());
                REQUIRE(wait > 1ns);
                stage.clock.advance(wait - 1ns);
                CHECK_FALSE(stage.passes());
                stage.clock.advance(1ns);
                CHECK(stage.passes());
            }
        }
    }
}

TEST_CASE("clients, classes and tools with a rate of their own do not take from each other") {
    LimiterStage stage({.general = {.per_minute = 1, .burst = 1},
                        .script = {.per_minute = 1, .burst = 1},
                        .tools = {{"own", {.per_minute = 1, .burst = 1}}}});
    CHECK(stage.passes("a", "x", ToolClass::general));
    CHECK_FALSE(stage.passes("a", "y", ToolClass::general));
    CHECK(stage.passes("a", "x", ToolClass::script));
    CHECK(stage.passes("a", "own", ToolClass::general));
    CHECK_FALSE(stage.passes("a", "own", ToolClass::general));
    CHECK(stage.passes("b", "x", ToolClass::general));
    CHECK(stage.limiter.stats().buckets == 4);
}

TEST_CASE("a limit of zero, or below, denies") {
    const auto options = GENERATE(
        RateLimiterOptions{.general = {.per_minute = 0, .burst = 5}},
        RateLimiterOptions{.general = {.per_minute = 5, .burst = 0}},
        RateLimiterOptions{.general = {.per_minute = -1, .burst = 5}},
        RateLimiterOptions{.general = {.per_minute = 5, .burst = -1}},
        RateLimiterOptions{.tools = {{"tool", {0, 0}}}}, RateLimiterOptions{.concurrent = 0},
        RateLimiterOptions{.concurrent = -3}, RateLimiterOptions{.max_buckets = 0});
    LimiterStage stage(options);
    stage.clock.advance(24h);
    const auto refused = stage.call();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == core::ErrorCode::busy);
    CHECK(refused.error().details.empty());
    CHECK(stage.metrics.value(calls_refused) == 1);
}

TEST_CASE("a rate beyond what can be counted is cut, not overflowed") {
    constexpr auto huge = std::numeric_limits<std::int64_t>::max();
    LimiterStage stage({.general = {.per_minute = huge, .burst = huge}});
    CHECK(stage.passing(1'000) == 1'000);
    stage.limiter.reconfigure({.general = {.per_minute = huge, .burst = 1}});
    CHECK(stage.passing(2) == 1);
    CHECK(retry_after(stage.call().error()) == 60us);
}

TEST_CASE("at most the configured number of calls is in progress for one client") {
    LimiterStage stage({.concurrent = 2});
    auto first = stage.call();
    auto second = stage.call();
    CHECK(stage.limiter.stats().in_progress == 2);
    const auto refused = stage.call();
    REQUIRE(refused.has_error());
    CHECK(refused.error().message ==
          "Concurrency limit reached: 2 of at most 2 calls are in progress");
    CHECK(refused.error().remedy == "Call again when one of them has ended.");
    CHECK(retry_after(refused.error()) == 1s);
    CHECK(stage.metrics.value(calls_refused, "concurrency") == 1);
    CHECK(stage.passes("another"));
    second = core::Error{};
    CHECK(stage.passes());
    first = core::Error{};
    CHECK(stage.limiter.stats().in_progress == 0);
    CHECK(stage.limiter.stats().clients == 0);
}

TEST_CASE("a call that the concurrency limit refuses costs no token") {
    LimiterStage stage({.general = {.per_minute = 1, .burst = 2}, .concurrent = 1});
    {
        const auto permit = stage.call();
        for (int i = 0; i < 100; ++i)
            CHECK_FALSE(stage.passes());
    }
    CHECK(stage.passing(5) == 1);
}

TEST_CASE("calls that the rate refuses hold no place") {
    LimiterStage stage({.general = {.per_minute = 1, .burst = 1}, .concurrent = 1});
    CHECK(stage.passing(10) == 1);
    CHECK(stage.limiter.stats().in_progress == 0);
}

TEST_CASE("a permit ends once, wherever it was moved to") {
    LimiterStage stage({.concurrent = 3});
    auto first = std::move(*stage.call());
    auto moved = std::move(first);
    CHECK(stage.limiter.stats().in_progress == 1);
    auto other = std::move(*stage.call());
    CHECK(stage.limiter.stats().in_progress == 2);
    other = std::move(moved);  // what it held ends at once
    CHECK(stage.limiter.stats().in_progress == 1);
    other = {};
    CHECK(stage.limiter.stats().in_progress == 0);
    CHECK_NOTHROW([&] {
        const auto lost = stage.call();
        try {
            const auto permit = std::move(*stage.call());
            throw std::runtime_error("the tool failed");
        } catch (const std::runtime_error&) {
        }
        CHECK(stage.limiter.stats().in_progress == 1);
    }());
    CHECK(stage.limiter.stats().in_progress == 0);
}

TEST_CASE("a permit may outlive the limiter") {
    auto stage = std::make_unique<LimiterStage>();
    auto permit = stage->call();
    stage.reset();
    permit = core::Error{};
}

TEST_CASE("permits taken while the limiter is off are never counted, those taken on always are") {
    LimiterStage stage({.enabled = false, .concurrent = 1});
    const RateLimiterOptions on{.concurrent = 1};
    const RateLimiterOptions off{.enabled = false, .concurrent = 1};
    CapturedLog log;
    auto taken_off = stage.call();
    auto also_off = stage.call();
    REQUIRE(taken_off.has_value());
    REQUIRE(also_off.has_value());

    stage.limiter.reconfigure(on);
    auto taken_on = stage.call();
    REQUIRE(taken_on.has_value());
    taken_off = core::Error{};
    CHECK(stage.limiter.stats().in_progress == 1);
    CHECK_FALSE(stage.passes());

    stage.limiter.reconfigure(off);
    taken_on = core::Error{};
    CHECK(stage.limiter.stats().in_progress == 0);
    stage.limiter.reconfigure(on);
    also_off = core::Error{};
    CHECK(stage.limiter.stats().in_progress == 0);
    CHECK(stage.passes());
    CHECK(log.count("corrupted") == 0);
}

TEST_CASE("a concurrency counter that is released at zero stays there and says so") {
    CapturedLog log;
    ConcurrencyCounter counter;
    counter.enter();
    counter.leave();
    CHECK(log.text().empty());
    counter.leave();
    CHECK(counter.count() == 0);
    CHECK(log.text() == "error: Concurrency counter corrupted (negative release)\n");
    counter.enter();
    CHECK(counter.count() == 1);
}

TEST_CASE("when the limiter is off, everything passes and nothing is remembered") {
    LimiterStage stage({.enabled = false, .general = {0, 0}, .concurrent = 0});
    CHECK(stage.passing(1'000) == 1'000);
    CHECK(stage.limiter.stats().buckets == 0);
}

TEST_CASE("limits change while calls run, without giving any away") {
    LimiterStage stage({.general = {.per_minute = 60, .burst = 10}, .concurrent = 5});
    CHECK(stage.passing(10) == 10);

    SECTION("a greater burst does not fill the bucket") {
        stage.limiter.reconfigure({.general = {.per_minute = 60, .burst = 1'000}});
        CHECK_FALSE(stage.passes());
        stage.clock.advance(100s);
        CHECK(stage.passing(200) == 100);
    }
    SECTION("time before the change counts at the old rate") {
        stage.clock.advance(2s);
        stage.limiter.reconfigure({.general = {.per_minute = 6'000, .burst = 1'000}});
        CHECK(stage.passing(100) == 2);
    }
    SECTION("a smaller burst cuts what was saved") {
        stage.clock.advance(10s);
        stage.limiter.reconfigure({.general = {.per_minute = 60, .burst = 4}});
        CHECK(stage.passing(100) == 4);
    }
    SECTION("denied meanwhile") {
        stage.limiter.reconfigure({.general = {.per_minute = 0, .burst = 0}});
        CHECK_FALSE(stage.passes());
        stage.clock.advance(3s);
        stage.limiter.reconfigure({.general = {.per_minute = 60, .burst = 10}});
        CHECK(stage.passing(100) == 3);
    }
    SECTION("a lower concurrency holds for new calls") {
        stage.clock.advance(1min);
        auto first = stage.call();
        auto second = stage.call();
        stage.limiter.reconfigure({.concurrent = 2});
        CHECK_FALSE(stage.passes());
        second = core::Error{};
        CHECK(stage.passes());
    }
    SECTION("fewer buckets") {
        CHECK(stage.passes("b"));
        stage.limiter.reconfigure({.max_buckets = 1});
        CHECK_FALSE(stage.passes("d"));
        stage.clock.advance(1h);
        CHECK(stage.passes("d"));
        CHECK(stage.limiter.stats().buckets == 1);
    }
}

TEST_CASE("after shutdown every call is refused, also when the limiter is off") {
    const bool enabled = GENERATE(true, false);
    LimiterStage stage({.enabled = enabled});
    stage.limiter.shutdown();
    const auto refused = stage.call();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == core::ErrorCode::shutting_down);
    CHECK(refused.error().message == "No calls are accepted: the rate limiter is shut down");
    CHECK_FALSE(refused.error().remedy.empty());
    CHECK(stage.metrics.value(calls_refused, "shutdown") == 1);
    stage.limiter.reconfigure({.enabled = false});
    CHECK_FALSE(stage.passes());
}
