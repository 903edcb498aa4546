#include "../../src/blender/crash_loop.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;

TEST_CASE("deaths far apart are no loop") {
    CrashLoop loop;
    core::TimePoint now{1h};
    for (int i = 0; i < 10; ++i) {
        loop.died(now);
        CHECK_FALSE(loop.pause(now));
        now += 151s;  // two within the window
    }
}

TEST_CASE("three deaths within the window make a pause, each further one doubles it") {
    CrashLoop loop;
    core::TimePoint now{1h};
    loop.died(now);
    loop.died(now += 1s);
    CHECK_FALSE(loop.pause(now));
    loop.died(now += 1s);
    CHECK(loop.pause(now) == CrashLoop::first_pause);
    CHECK(loop.deaths(now) == 3);
    CHECK(loop.pause(now + 10s) == CrashLoop::first_pause - 10s);
    CHECK_FALSE(loop.pause(now + CrashLoop::first_pause));

    core::Duration expected = CrashLoop::first_pause;
    for (int i = 0; i < 8; ++i) {
        now += expected + 1s;
        CHECK_FALSE(loop.pause(now));
        loop.died(now);
        expected = std::min<core::Duration>(expected * 2, CrashLoop::longest_pause);
        CHECK(loop.pause(now) == expected);
    }
    CHECK(expected == CrashLoop::longest_pause);
    CHECK(loop.deaths(now) < 10);  // it does not grow
}

TEST_CASE("one that lives long ends the loop") {
    CrashLoop loop;
    core::TimePoint now{1h};
    for (int i = 0; i < 4; ++i)
        loop.died(now);
    now += CrashLoop::longest_pause + CrashLoop::window + 1s;
    CHECK(loop.deaths(now) == 0);
    loop.died(now);
    loop.died(now);
    CHECK_FALSE(loop.pause(now));
    loop.died(now);
    CHECK(loop.pause(now) == CrashLoop::first_pause);
}

}  // namespace blender_mcpd::blender
