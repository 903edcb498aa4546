#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::core {

using namespace std::chrono_literals;

TEST_CASE("timers run in order of time, ties in order of start") {
    test::ManualLoop loop;
    std::string order;
    Timer late(loop.timers, "late");
    Timer early(loop.timers, "early");
    Timer tie(loop.timers, "tie");
    late.start(3s, [&] { order += 'l'; });
    early.start(1s, [&] { order += 'e'; });
    tie.start(3s, [&] { order += 't'; });
    loop.advance(999ms);
    CHECK(order.empty());
    loop.advance(1ms);
    CHECK(order == "e");
    CHECK_FALSE(early.armed());
    loop.advance(10s);
    CHECK(order == "elt");
    loop.advance(10s);
    CHECK(order == "elt");
}

TEST_CASE("a timer that was started again has one time") {
    test::ManualLoop loop;
    std::string order;
    Timer timer(loop.timers, "timer");
    timer.start(1s, [&] { order += 'a'; });
    timer.start(2s, [&] { order += 'b'; });
    CHECK(loop.timers.armed() == std::vector<std::string>{"timer"});
    loop.advance(1s);
    CHECK(order.empty());
    loop.advance(1s);
    CHECK(order == "b");
}

TEST_CASE("cancel and destruction disarm") {
    test::ManualLoop loop;
    bool ran = false;
    auto timer = std::make_optional<Timer>(loop.timers, "timer");
    timer->start(1s, [&] { ran = true; });
    CHECK(timer->armed());
    SECTION("cancel") {
        timer->cancel();
        CHECK_FALSE(timer->armed());
        timer->cancel();
    }
    SECTION("destruction") {
        timer.reset();
    }
    CHECK(loop.timers.armed().empty());
    loop.advance(2s);
    CHECK_FALSE(ran);
}

TEST_CASE("a disarmed timer frees what its callback holds") {
    test::ManualLoop loop;
    const auto held = std::make_shared<int>(1);
    Timer timer(loop.timers, "timer");
    timer.start(1s, [held] {});
    SECTION("cancelled") {
        timer.cancel();
    }
    SECTION("expired") {
        loop.advance(1s);
    }
    SECTION("closed") {
        (void)loop.timers.close();
    }
    CHECK(held.use_count() == 1);
}

TEST_CASE("extend moves the time and keeps the callback") {
    test::ManualLoop loop;
    int runs = 0;
    Timer timer(loop.timers, "timer");
    SECTION("a disarmed one stays disarmed") {
        timer.extend(1s);
        CHECK_FALSE(timer.armed());
        loop.advance(2s);
        CHECK(runs == 0);
    }
    SECTION("to later") {
        timer.start(1s, [&] { ++runs; });
        loop.advance(900ms);
        timer.extend(1s);
        loop.advance(999ms);
        CHECK(runs == 0);
        loop.advance(1ms);
        CHECK(runs == 1);
    }
    SECTION("to earlier") {
        timer.start(10s, [&] { ++runs; });
        timer.extend(1s);
        loop.advance(1s);
        CHECK(runs == 1);
    }
}

TEST_CASE("a callback may do anything with its timer") {
    test::ManualLoop loop;
    int runs = 0;
    auto timer = std::make_unique<Timer>(loop.timers, "timer");
    SECTION("start it again") {
        timer->start(1s, [&] {
            ++runs;
            timer->start(1s, [&] { ++runs; });
        });
        loop.advance(1s);
        CHECK(runs == 1);
        CHECK(timer->armed());
        loop.advance(1s);
        CHECK(runs == 2);
    }
    SECTION("cancel it") {
        timer->start(1s, [&] {
            timer->cancel();
            ++runs;
        });
        loop.advance(1s);
        CHECK(runs == 1);
    }
    SECTION("destroy it") {
        timer->start(1s, [&, alive = std::make_shared<int>(1)] {
            timer.reset();
            runs += *alive;  // the callback itself is still there
        });
        loop.advance(1s);
        CHECK(runs == 1);
    }
    SECTION("destroy another that is due as well") {
        Timer first(loop.timers, "first");
        first.start(1s, [&] { timer.reset(); });
        timer->start(1s, [&] { ++runs; });
        loop.advance(1s);
        CHECK(runs == 0);
    }
}

TEST_CASE("close returns the number of armed timers, and none starts afterwards") {
    test::ManualLoop loop;
    Metrics metrics;
    int runs = 0;
    Timer leaked(loop.timers, "leaked");
    Timer ended(loop.timers, "ended");
    Timer idle(loop.timers, "idle");
    leaked.start(10s, [&] { ++runs; });
    ended.start(1s, [] {});
    loop.advance(1s);
    CHECK(loop.timers.armed() == std::vector<std::string>{"leaked"});

    metrics.set(timers_leaked, static_cast<std::int64_t>(loop.timers.close()));
    CHECK(metrics.value(timers_leaked) == 1);
    CHECK_FALSE(leaked.armed());
    idle.start(1s, [&] { ++runs; });
    CHECK_FALSE(idle.armed());
    loop.advance(1h);
    CHECK(runs == 0);
    CHECK(loop.timers.close() == 0);
}

TEST_CASE("a timer may outlive its registry") {
    test::ManualLoop loop;
    auto timers = std::make_optional<Timers>(loop.io.get_executor(), loop.clock);
    Timer timer(*timers, "timer");
    timer.start(1s, [] {});
    timers.reset();
    CHECK_FALSE(timer.armed());
}

TEST_CASE("timers with real time") {
    test::Loop loop;
    std::string order;
    Timer first(loop.timers, "first");
    Timer second(loop.timers, "second");
    Timer cancelled(loop.timers, "cancelled");
    SECTION("run in order, and a cancelled one does not") {
        second.start(20ms, [&] { order += '2'; });
        first.start(1ms, [&] { order += '1'; });
        cancelled.start(5ms, [&] { order += 'c'; });
        cancelled.cancel();
        loop.drive([&] { return order.size() == 2; });
        CHECK(order == "12");
    }
    SECTION("extended to later") {
        const auto begin = loop.timers.now();
        first.start(1ms, [&] { order += '1'; });
        first.extend(20ms);
        loop.drive([&] { return !order.empty(); });
        CHECK(loop.timers.now() - begin >= 20ms);
    }
    SECTION("extended to earlier") {
        first.start(1h, [&] { order += '1'; });
        first.extend(1ms);
        loop.drive([&] { return !order.empty(); });
        CHECK(order == "1");
    }
    SECTION("started again from the callback") {
        first.start(1ms, [&] {
            order += '1';
            first.start(1ms, [&] { order += '2'; });
        });
        loop.drive([&] { return order.size() == 2; });
        CHECK(order == "12");
    }
    SECTION("destroyed while its expiry is queued") {
        auto queued = std::make_optional<Timer>(loop.timers, "queued");
        queued->start(0ms, [&] { order += 'q'; });
        first.start(0ms, [&] {
            queued.reset();
            order += '1';
        });
        second.start(5ms, [&] { order += '2'; });
        loop.drive([&] { return order.ends_with('2'); });
        CHECK((order == "12" || order == "q12"));
    }
}

}  // namespace blender_mcpd::core
