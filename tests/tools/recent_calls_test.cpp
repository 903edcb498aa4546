// What is remembered of calls.
#include "fake_blender.hpp"

#include <blender_mcpd/tools/recent_calls.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <support/catch.hpp>

namespace blender_mcpd::tools {

using namespace std::chrono_literals;

TEST_CASE("calls are remembered while they run, and the last ones afterwards") {
    core::ManualClock clock;
    RecentCalls calls(clock);
    calls.watch(true);
    int changes = 0;
    calls.on_change([&] { ++changes; });
    {
        auto note = calls.begin("render", "client-1");
        REQUIRE(calls.running().size() == 1);
        CHECK(calls.running().front().tool == "render");
        CHECK(calls.running().front().client == "client-1");
        clock.advance(3s);
        const auto moved = std::move(note);
    }
    CHECK(calls.running().empty());
    REQUIRE(calls.ended().size() == 1);
    CHECK(calls.ended().front().took == 3s);
    CHECK(calls.ended().front().outcome == "failed");  // nobody has said anything else
    CHECK(changes == 2);
    for (int i = 0; i < 100; ++i)
        (void)calls.begin(std::to_string(i), "client-2");
    CHECK(calls.ended().size() == RecentCalls::most_ended);
    CHECK(calls.ended().front().tool == "99");
    (void)RecentCalls::Note();  // of nothing
}

TEST_CASE("nothing is noted while nobody may look on") {
    const core::ManualClock clock;
    RecentCalls calls(clock);
    (void)calls.begin("render", "client-1");
    CHECK(calls.ended().empty());
    calls.watch(true);
    (void)calls.begin("render", "client-1");
    CHECK(calls.ended().size() == 1);
    calls.watch(false);
    CHECK(calls.ended().empty());
}

TEST_CASE("a call may end after everything else") {
    core::ManualClock clock;
    auto calls = std::make_unique<RecentCalls>(clock);
    calls->watch(true);
    const auto note = calls->begin("render", "client-1");
    calls.reset();
}

TEST_CASE("what tools note of their calls") {
    Bench bench;
    bench.recent_calls.watch(true);
    const auto outcome_of = [&](const std::string& tool, const std::string& arguments) {
        (void)bench.call(tool, arguments);
        const auto& last = bench.recent_calls.ended().front();
        CHECK(last.tool == tool);
        CHECK(last.client == "client-1");
        return last.outcome;
    };
    CHECK(outcome_of("get_scene_info", "{}") == "ok");
    CHECK(outcome_of("get_scene_info", R"({"nothing": 1})") == "invalid");
    CHECK(outcome_of("get_scene_info", R"({"instance": "nowhere"})") == "invalid");
    bench.blender.error = core::Error{.code = core::ErrorCode::timeout, .message = "late"};
    CHECK(outcome_of("create_objects", R"({"items": [{"kind": "cube"}]})") == "timeout");
    CHECK(bench.recent_calls.ended().size() == 4);
    CHECK(bench.recent_calls.running().empty());
    CHECK_FALSE(bench.recent_calls.picture());

    bench.blender.error.reset();
    bench.blender.result = R"({"image":{"mime_type":"image/png"},"views":["current"]})";
    bench.blender.blob = "\x89PNG";
    CHECK(outcome_of("get_viewport_screenshot", "{}") == "ok");
    REQUIRE(bench.recent_calls.picture());
    CHECK(*bench.recent_calls.picture()->bytes == "\x89PNG");
    CHECK(bench.recent_calls.picture()->mime_type == "image/png");
    CHECK(bench.recent_calls.picture()->tool == "get_viewport_screenshot");
}

}  // namespace blender_mcpd::tools
