// Nothing may outlive the instance.
#include "instance_stage.hpp"

namespace blender_mcpd::blender {

TEST_CASE("close ends Blender and leaves nothing") {
    // "stubborn" must be killed.
    const std::string start = GENERATE("ready", "stubborn");
    CAPTURE(start);
    Stage stage(start);
    REQUIRE(stage.call(operation("echo")).has_value());
    const auto pid = stage.pid();
    CHECK(stage.loop.timers.armed() ==
          std::vector<std::string>{"connection-pool", "health-check-interval"});
    stage.loop.run(stage.blender().close());
    CHECK(test::gone(pid));
    stage.until_nothing_is_left();
    CHECK(stage.metrics.value(blenders_died) == 0);
    const auto late = stage.call(operation("echo"));
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == ErrorCode::shutting_down);
    CHECK(stage.call_on_copy(operation("echo")).error().code == ErrorCode::shutting_down);
    stage.loop.run(stage.blender().close());
    CHECK(stage.loop.timers.armed().empty());
}

TEST_CASE("close before anything was started does nothing") {
    Stage stage;
    stage.loop.run(stage.blender().close());
    CHECK(stage.call(operation("echo")).error().code == ErrorCode::shutting_down);
    CHECK(stage.left_behind().empty());
}

TEST_CASE("close while Blender starts ends the start") {
    Stage stage("silent");
    const auto task = stage.start(operation("echo"));
    stage.loop.drive([&] { return !stage.left_behind().empty(); });
    stage.loop.run(stage.blender().close());
    CHECK_FALSE(stage.finish(task).has_value());
    stage.until_nothing_is_left();
    CHECK(stage.metrics.value(blenders_started) == 0);
}

TEST_CASE("close while a call runs ends the call") {
    Stage stage;
    const auto task = stage.start(operation("hang", "{}", true));
    stage.loop.drive([&] { return stage.status().at("state") == "busy"; });
    stage.loop.run(stage.blender().close());
    CHECK(stage.finish(task).error().outcome == core::Outcome::unknown);
}

TEST_CASE("an instance that is destroyed kills its Blender") {
    Stage stage;
    REQUIRE(stage.call(operation("echo")).has_value());
    const auto pid = stage.pid();
    stage.instance.reset();
    CHECK(test::gone(pid));
    stage.until_nothing_is_left();
}

TEST_CASE("an instance that is destroyed while Blender starts ends the start") {
    Stage stage("silent");
    const auto task = stage.start(operation("echo"));
    stage.loop.drive([&] { return !stage.left_behind().empty(); });
    stage.instance.reset();
    CHECK_FALSE(stage.finish(task).has_value());
}

TEST_CASE("no descriptor is left behind") {
    const auto open_files = [] {
        using Files = std::filesystem::directory_iterator;
        return std::distance(Files("/proc/self/fd"), Files());
    };
    Stage stage;
    stage.loop.settle();
    const auto before = open_files();
    REQUIRE(stage.call(operation("echo")).has_value());
    REQUIRE(stage.call_on_copy(operation("echo")).has_value());
    (void)stage.call(operation("die"));
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(open_files() > before);
    stage.loop.run(stage.blender().close());
    stage.until_nothing_is_left();
    stage.loop.drive([&] { return open_files() == before; });
}

}  // namespace blender_mcpd::blender
