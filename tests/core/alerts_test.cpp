#include <blender_mcpd/core/alerts.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <string>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

using namespace blender_mcpd::core;
using namespace std::chrono_literals;

namespace {

constexpr Metric blocked{"test.blocked", "Refused numbers"};
constexpr AlertRule many_blocked{.name = "many-blocked",
                                 .message = "Many numbers were refused",
                                 .metric = blocked,
                                 .above = 10,
                                 .window = 1h};

constexpr Metric capped{"test.capped", "Shortened times"};
constexpr AlertRule time_capped{.name = "capped",
                                .message = "A time was shortened",
                                .severity = Severity::info,
                                .metric = capped,
                                .pause = 1h};

struct Stage {
    ManualClock clock;
    Metrics metrics;
    Alerts alerts{clock, metrics};

    [[nodiscard]] std::size_t raised(std::string_view name) const {
        std::size_t count = 0;
        for (const auto& alert : alerts.recent())
            count += alert.name == name ? 1 : 0;
        return count;
    }
};

}  // namespace

TEST_CASE("alert: ten in an hour are not above ten, eleven are") {
    Stage stage;
    stage.alerts.add(many_blocked);
    for (int i = 0; i < 10; ++i) {
        stage.metrics.add(blocked);
        stage.clock.advance(1min);
    }
    CHECK(stage.raised("many-blocked") == 0);
    stage.metrics.add(blocked);
    REQUIRE(stage.raised("many-blocked") == 1);
    CHECK(stage.metrics.value(alerts_raised, "many-blocked") == 1);
    CHECK(stage.alerts.recent().front().severity == Severity::warning);
    CHECK(stage.alerts.recent().front().message == "Many numbers were refused");
}

TEST_CASE("alert: what is older than the window does not count") {
    Stage stage;
    stage.alerts.add(many_blocked);
    stage.metrics.add(blocked, 10);
    stage.clock.advance(1h);
    stage.metrics.add(blocked, 10);
    CHECK(stage.raised("many-blocked") == 0);
    stage.clock.advance(59min);
    stage.metrics.add(blocked);
    CHECK(stage.raised("many-blocked") == 1);
}

TEST_CASE("alert: raised once per crossing") {
    Stage stage;
    stage.alerts.add(many_blocked);
    for (int i = 0; i < 1'000; ++i)
        stage.metrics.add(blocked);
    CHECK(stage.raised("many-blocked") == 1);
    stage.clock.advance(1h);
    stage.metrics.add(blocked, 11);
    CHECK(stage.raised("many-blocked") == 2);
}

TEST_CASE("alert: repeated ones are silent for a while") {
    Stage stage;
    stage.alerts.add(time_capped);
    stage.metrics.add(capped);
    CHECK(stage.raised("capped") == 1);
    CHECK(stage.alerts.recent().front().severity == Severity::info);
    stage.metrics.add(capped);
    stage.clock.advance(59min);
    stage.metrics.add(capped);
    CHECK(stage.raised("capped") == 1);
    stage.clock.advance(1min);
    stage.metrics.add(capped);
    CHECK(stage.raised("capped") == 2);
}

TEST_CASE("alert: a leaked timer is a warning, none is not") {
    const bool leak = GENERATE(false, true);
    Stage stage;
    stage.alerts.add(timer_leak);
    blender_mcpd::test::ManualLoop loop;
    Timer timer(loop.timers, "deliberate");
    if (leak) timer.start(1h, [] {});
    stage.metrics.set(timers_leaked, static_cast<std::int64_t>(loop.timers.close()));
    CHECK(stage.metrics.value(timers_leaked) == (leak ? 1 : 0));
    CHECK(stage.raised("timer-leak") == (leak ? 1 : 0));
}

TEST_CASE("alert: only the last ones are kept") {
    Stage stage;
    stage.alerts.add(time_capped);
    for (int i = 0; i < 100; ++i) {
        stage.metrics.add(capped);
        stage.clock.advance(2h);
    }
    CHECK(stage.alerts.recent().size() == Alerts::max_recent);
    CHECK(stage.metrics.value(alerts_raised) == 100);
}

TEST_CASE("alert: metrics outlive the alerts") {
    Metrics metrics;
    {
        ManualClock clock;
        Alerts alerts(clock, metrics);
        alerts.add(time_capped);
    }
    metrics.add(capped);
    CHECK(metrics.value(alerts_raised) == 0);
}
