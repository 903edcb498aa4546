// How long results live.
#include "cache_stage.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::guard;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::CacheStage;
using test::key;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a time to live is clamped to its bounds, and every clamp is noticed") {
    struct Row {
        double seconds;
        milliseconds time;
        bool capped;
    };
    const std::vector<Row> rows{
        {1, 1s, false},
        {1.001, 1'001ms, false},
        {1.005, 1'005ms, false},
        {1.0001, 1s, false},
        {2.0005, 2'001ms, false},
        {0.9996, 1s, false},  // is 1 s to the millisecond
        {86'400, 24h, false},
        {86'400.0001, 24h, false},
        {86'400.001, 24h, true},
        {1e9, 24h, true},
        {1e300, 24h, true},
        {std::numeric_limits<double>::max(), 24h, true},
        {infinite, 24h, true},
        {0.999, 1s, true},
        {std::numeric_limits<double>::denorm_min(), 1s, true},
        {0, 1s, true},
        {-0.0, 1s, true},
        {-1, 1s, true},
        {-infinite, 1s, true},
        {not_a_number, 5min, true},  // the standard
        {-not_a_number, 5min, true},
    };
    for (const auto& row : rows) {
        INFO(row.seconds);
        const auto ttl = clamp_ttl(row.seconds, {});
        CHECK(ttl.time == row.time);
        CHECK(ttl.capped == row.capped);
    }
}

TEST_CASE("every whole millisecond and any fraction within the bounds is kept to a millisecond") {
    const TtlBounds bounds{.min = 1ms, .max = 24h * 7};
    int wrong = 0;
    for (int ms = 1; ms <= 60'000; ++ms) {
        const auto ttl = clamp_ttl(ms / 1'000.0, bounds);
        if (ttl.time.count() != ms || ttl.capped) ++wrong;
    }
    CHECK(wrong == 0);

    std::mt19937_64 random(1'848);
    for (const double most : {1.0, 60.0, 86'400.0, 604'800.0}) {
        std::uniform_real_distribution<double> seconds(0.001, most);
        for (int i = 0; i < 50'000; ++i) {
            const auto requested = seconds(random);
            const auto ttl = clamp_ttl(requested, bounds);
            if (std::abs(static_cast<double>(ttl.time.count()) - requested * 1'000) > 1 ||
                ttl.capped)
                ++wrong;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("any double at all gives a time within the bounds") {
    const TtlBounds bounds{.min = 10ms, .max = 7h * 24, .standard = 1min};
    std::mt19937_64 random(7);
    int wrong = 0;
    for (int i = 0; i < 200'000; ++i) {
        const auto bits = random();
        double seconds = 0;
        static_assert(sizeof seconds == sizeof bits);
        std::memcpy(&seconds, &bits, sizeof seconds);
        const auto ttl = clamp_ttl(seconds, bounds);
        if (ttl.time < bounds.min || ttl.time > bounds.max) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a result lives exactly as long as its time to live, which may be seven days") {
    CacheStage stage({.ttl = {.min = 1ms, .max = 24h * 7, .standard = 1s}});
    stage.put("week", "{}", 604'800);
    stage.put("standard");
    stage.put("millisecond", "{}", 0.001);
    stage.put("too long", "{}", 604'801);
    CHECK(stage.metrics.value(ttl_capped) == 1);

    CHECK(stage.has("millisecond"));
    stage.clock.advance(1ms);
    CHECK_FALSE(stage.has("millisecond"));
    stage.clock.advance(998ms);
    CHECK(stage.has("standard"));
    stage.clock.advance(1ms);
    CHECK_FALSE(stage.has("standard"));
    stage.clock.advance(24h * 7 - 1s - 1ns);
    CHECK(stage.cache.get(key("week")) != nullptr);
    CHECK(stage.has("too long"));
    stage.clock.advance(1ns);
    CHECK(stage.cache.get(key("week")) == nullptr);
    CHECK_FALSE(stage.has("too long"));
}

TEST_CASE("each clamp is counted, times in range are not") {
    CacheStage stage;
    CHECK(stage.metrics.all().at("validation.ttl.capped") == 0);
    for (const double seconds : {1.0, 1.001, 300.0, 86'400.0})
        stage.put("a", "{}", seconds);
    stage.put("a");
    CHECK(stage.metrics.value(ttl_capped) == 0);
    int capped = 0;
    for (const double seconds : {0.0, -1.0, 86'401.0, infinite, -infinite, not_a_number}) {
        stage.put("a", "{}", seconds);
        CHECK(stage.metrics.value(ttl_capped) == ++capped);
    }
}

TEST_CASE("only the injected steady clock makes results old") {
    // core::Clock is a steady clock by type; nothing else is asked, so that the wall clock may jump
    // by a year without a difference. Here time stands still however long the test takes.
    static_assert(std::is_same_v<core::TimePoint, std::chrono::steady_clock::time_point>);
    CacheStage stage;
    stage.put("a", "{}", 1);
    for (int i = 0; i < 1'000; ++i)
        stage.cache.sweep();
    CHECK(stage.has("a"));
    stage.clock.advance(1s);
    CHECK_FALSE(stage.has("a"));
}

TEST_CASE("the end of time is not passed") {
    CacheStage stage({.ttl = {.min = 1ms, .max = milliseconds::max(), .standard = 1s}});
    stage.clock.advance(core::Duration::max() - 1h);
    stage.put("a", "{}", 1e18);
    CHECK(stage.has("a"));
    stage.clock.advance(1h - 1ns);
    CHECK(stage.has("a"));
}

TEST_CASE("bounds of the time to live are validated") {
    struct Row {
        TtlBounds bounds;
        std::string error;
    };
    const std::vector<Row> rows{
        {{}, ""},
        {{.min = 1ms, .max = 24h * 7, .standard = 24h * 7}, ""},
        {{.min = 5s, .max = 5s, .standard = 5s}, ""},
        {{.min = 0ms}, "The cache's minimum time to live is below 1 ms"},
        {{.min = -1s}, "The cache's minimum time to live is below 1 ms"},
        {{.max = 24h * 366 + 1ms}, "The cache's maximum time to live is above 366 days"},
        {{.min = 2s, .max = 1s}, "The cache's minimum time to live is above its maximum"},
        {{.max = 4min}, "The cache's time to live is not between its minimum and maximum"},
        {{.min = 6min}, "The cache's time to live is not between its minimum and maximum"},
    };
    for (const auto& row : rows) {
        const auto result = validate(ResultCacheOptions{.ttl = row.bounds});
        CHECK((result.has_error() ? result.error().message : "") == row.error);
    }
}

TEST_CASE("bounds in the wrong order do no harm: the maximum wins") {
    CacheStage stage({.ttl = {.min = 1h, .max = 1s, .standard = 2h}});
    stage.put("given", "{}", 1'800);
    stage.put("standard");
    stage.clock.advance(999ms);
    CHECK(stage.has("given"));
    CHECK(stage.has("standard"));
    stage.clock.advance(1ms);
    CHECK_FALSE(stage.has("given"));
    CHECK_FALSE(stage.has("standard"));
}
