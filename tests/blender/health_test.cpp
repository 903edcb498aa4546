#include <blender_mcpd/blender/health.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <support/captured_log.hpp>
#include <support/catch.hpp>
#include <support/loop.hpp>

using namespace blender_mcpd;
using namespace std::chrono_literals;
using blender::Health;
using blender::HealthCheck;
using blender::HealthFinding;

namespace {

using Found = std::optional<core::Result<HealthFinding>>;

/// Answers what the test put there; waits when it put nothing.
struct FakeBlender {
    explicit FakeBlender(core::Timers& timers) : answered(timers.executor()) {}

    boost::asio::awaitable<Found> probe() {
        ++asked;
        while (!answer)
            co_await answered.wait();
        if (throws) throw std::runtime_error("a bug");
        co_return *answer;
    }

    core::Event answered;
    std::optional<Found> answer;
    bool throws = false;
    int asked = 0;
};

struct Stage {
    Stage() {
        check = std::make_unique<HealthCheck>(
            loop.timers, metrics, [this](std::chrono::milliseconds) { return peer.probe(); }, 30s);
    }

    void answer(Found found) {
        peer.answer = std::move(found);
        peer.answered.set();
        loop.settle();
    }
    void answer_error(std::string message) {
        answer(core::Error{.code = core::ErrorCode::connection, .message = std::move(message)});
    }

    test::ManualLoop loop;
    core::Metrics metrics;
    FakeBlender peer{loop.timers};
    std::unique_ptr<HealthCheck> check;
};

Found healthy() {
    return HealthFinding{Health::healthy, "Blender connection established"};
}

}  // namespace

TEST_CASE("health: nothing is asked before start, then once an interval") {
    Stage stage;
    stage.answer(healthy());
    stage.loop.advance(1h);
    CHECK(stage.peer.asked == 0);
    CHECK(stage.check->report().health == Health::unknown);
    stage.check->start();
    stage.check->start();
    CHECK(stage.loop.timers.armed().size() == 1);
    stage.loop.advance(29s);
    CHECK(stage.peer.asked == 0);
    stage.loop.advance(1s);
    CHECK(stage.peer.asked == 1);
    stage.loop.advance(30s);
    CHECK(stage.peer.asked == 2);
}

TEST_CASE("health: what a check found, and how long it took by our clock") {
    Stage stage;
    stage.check->start();
    stage.loop.advance(30s);
    stage.loop.clock.advance(2s);
    stage.answer(healthy());
    const auto& report = stage.check->report();
    CHECK(report.health == Health::healthy);
    CHECK(report.message == "Blender connection established");
    CHECK(report.latency == core::Duration(2s));
    CHECK(report.checked == stage.loop.clock.now());
    CHECK(stage.metrics.value(blender::health_checks) == 1);
    CHECK(stage.metrics.value(blender::health_failures) == 0);
}

TEST_CASE("health: every check asks anew") {
    Stage stage;
    stage.check->start();
    stage.answer(healthy());
    stage.loop.advance(30s);
    CHECK(stage.check->report().health == Health::healthy);
    stage.answer(Found(HealthFinding{Health::busy, "Blender renders"}));
    stage.loop.advance(30s);
    CHECK(stage.check->report().health == Health::busy);
    CHECK(stage.check->report().message == "Blender renders");
    stage.answer_error("Connection refused");
    stage.loop.advance(30s);
    CHECK(stage.check->report().health == Health::unhealthy);
    CHECK(stage.check->report().message == "Connection refused");
}

TEST_CASE("health: a check slower than the interval is not overlapped") {
    Stage stage;
    stage.check->start();
    for (int i = 0; i < 10; ++i)
        stage.loop.advance(30s);
    CHECK(stage.peer.asked == 1);
    stage.answer(healthy());
    CHECK(stage.check->report().health == Health::healthy);
    stage.loop.advance(30s);
    CHECK(stage.peer.asked == 2);
}

TEST_CASE("health: failures are counted, a success resets, busy is no failure") {
    Stage stage;
    stage.check->start();
    stage.answer_error("gone");
    stage.loop.advance(30s);
    stage.loop.advance(30s);
    CHECK(stage.check->report().failures_in_a_row == 2);
    stage.answer(Found(HealthFinding{Health::busy, "Blender renders"}));
    stage.loop.advance(30s);
    CHECK(stage.check->report().failures_in_a_row == 0);
    const test::CapturedLog log;
    stage.answer_error("gone");
    for (int i = 0; i < 2; ++i)
        stage.loop.advance(30s);
    CHECK(log.count("warning: Blender failed 3 health checks in a row: gone") == 0);
    for (int i = 0; i < 3; ++i)
        stage.loop.advance(30s);
    CHECK(log.count("warning: Blender failed 3 health checks in a row: gone") == 1);
    CHECK(stage.check->report().failures_in_a_row == 5);
    CHECK(stage.metrics.value(blender::health_failures) == 7);
    CHECK(stage.metrics.value(blender::health_checks) == 8);
}

TEST_CASE("health: an exception is a failure, and the next check still happens") {
    Stage stage;
    stage.check->start();
    stage.peer.throws = true;
    stage.answer(healthy());
    stage.loop.advance(30s);
    CHECK(stage.check->report().health == Health::unhealthy);
    CHECK(stage.check->report().message == "a bug");
    stage.peer.throws = false;
    stage.loop.advance(30s);
    CHECK(stage.check->report().health == Health::healthy);
}

TEST_CASE("health: where there is nobody to ask, nothing is recorded") {
    Stage stage;
    stage.check->start();
    stage.answer(Found());
    stage.loop.advance(30s);
    CHECK(stage.peer.asked == 1);
    CHECK(stage.check->report().health == Health::unknown);
    CHECK(stage.metrics.value(blender::health_checks) == 0);
}

TEST_CASE("health: after stop nothing begins, and a check in progress counts no more") {
    Stage stage;
    stage.check->start();
    stage.loop.advance(30s);
    stage.check->stop();
    stage.check->stop();
    CHECK(stage.loop.timers.armed().empty());
    stage.answer_error("too late");
    CHECK(stage.check->report().health == Health::unknown);
    stage.check->start();
    stage.loop.advance(1h);
    CHECK(stage.peer.asked == 1);
    CHECK(stage.loop.timers.armed().empty());
}

TEST_CASE("health: stop without start, and destruction in the middle of a check") {
    Stage stage;
    SECTION("never started") {
        stage.check->stop();
    }
    SECTION("in a check") {
        stage.check->start();
        stage.loop.advance(30s);
    }
    stage.check.reset();
    CHECK(stage.loop.timers.armed().empty());
    stage.answer(healthy());
    CHECK(stage.metrics.value(blender::health_checks) == 0);
}
