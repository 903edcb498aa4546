// Who subscribes to an instance is told of changes, whichever Blender runs; nothing is started for
// it.
#include "instance_stage.hpp"
#include "scene_watch.hpp"

#include <optional>

namespace blender_mcpd::blender {

namespace {

/// With somebody who has subscribed, from the begin or later.
struct ChangesStage : Stage {
    void subscribe() {
        subscription =
            blender().on_change([this](const SceneChange& told) { changes.push_back(told); });
    }
    void until_changes(std::size_t count) {
        loop.drive([&] { return changes.size() >= count; });
    }
    void until_watchers(std::size_t count) {
        const auto limit = std::chrono::steady_clock::now() + 60s;
        while (call_json(operation("watchers"))["count"] != count)
            if (std::chrono::steady_clock::now() > limit) FAIL("never " << count << " watchers");
    }
    void change(const std::string& event) {
        REQUIRE(call(operation("change", R"({"event":)" + event + "}", true)).has_value());
    }

    std::vector<SceneChange> changes;
    ChangeSubscription subscription;
};

}  // namespace

TEST_CASE("a subscription starts no Blender, and hears of the one that is started") {
    ChangesStage stage;
    stage.subscribe();
    stage.loop.settle();
    CHECK(stage.blender().instance().empty());
    CHECK(stage.metrics.value(blenders_started) == 0);

    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_changes(1);
    CHECK(stage.changes[0].generation == 1);
    CHECK(stage.changes[0].file_changed);
    stage.change(R"({"changed":["Cube"]})");
    stage.until_changes(2);
    CHECK(stage.changes[1].generation == 2);
    CHECK(stage.changes[1].changed == std::vector<std::string>{"Cube"});
    CHECK_FALSE(stage.changes[1].file_changed);
    CHECK(stage.metrics.value(scene_events) == 1);
}

TEST_CASE("the connection for events is none of the pool's") {
    ChangesStage stage;
    stage.options.pool.max = 1;
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_watchers(0);
    stage.subscribe();
    stage.until_watchers(1);
    CHECK(stage.status()["pool"]["total"] == 1);
    const auto hangs = stage.start(operation("hang", R"({"event":{"changed":["Cube"]}})"));
    stage.until_changes(1);
    CHECK(stage.changes[0].changed == std::vector<std::string>{"Cube"});
    CHECK(stage.status()["pool"]["active"] == 1);
    CHECK_FALSE(hangs->answer);
    hangs->cancel.cancel(core::CancelReason::client);
    (void)stage.finish(hangs);
}

TEST_CASE("one connection for events is there as long as anybody wants them") {
    ChangesStage stage;
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.subscribe();
    std::optional<ChangeSubscription> second = stage.blender().on_change([](const SceneChange&) {});
    stage.until_watchers(1);
    second.reset();
    stage.change(R"({"changed":["Cube"]})");
    stage.until_changes(1);
    stage.until_watchers(1);
    stage.subscription = {};
    stage.until_watchers(0);
    stage.change(R"({"changed":["Cube"]})");
    CHECK(stage.changes.size() == 1);
}

TEST_CASE("an edit between the subscription and its connection is told") {
    ChangesStage stage;
    REQUIRE(stage.call(operation("echo")).has_value());
    // It is sent before the loop has had a turn to connect.
    const auto edit = stage.start(operation("change", R"({"event":{"changed":["Cube"]}})", true));
    stage.subscribe();
    REQUIRE(stage.finish(edit).has_value());
    stage.until_changes(1);
    CHECK(stage.changes[0].generation == 2);
}

TEST_CASE("a lost connection for events is made again") {
    ChangesStage stage;
    stage.subscribe();
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_changes(1);
    REQUIRE(stage.call(operation("drop_watchers")).has_value());
    stage.change(R"({"changed":["Cube"]})");  // nobody hears it
    stage.until_changes(2);
    CHECK(stage.changes[1].generation == 2);
    CHECK(stage.changes[1].more);
    stage.until_watchers(1);
}

TEST_CASE("another Blender after the end of one is a change") {
    ChangesStage stage;
    stage.subscribe();
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_changes(1);
    (void)stage.call(operation("die", R"({"code":1})"));
    stage.loop.drive([&] { return stage.metrics.value(blenders_died) == 1; });
    CHECK(stage.changes.size() == 1);
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_changes(2);
    CHECK(stage.changes[1].generation == 1);
    CHECK(stage.changes[1].file_changed);
}

TEST_CASE("events end with the connections, and a later subscription brings none back") {
    ChangesStage stage;
    stage.subscribe();
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_changes(1);
    stage.blender().close_connections();
    stage.subscription = {};
    stage.subscribe();
    stage.loop.run(stage.blender().close());
    stage.loop.settle();
    CHECK(stage.changes.size() == 1);
    CHECK(stage.loop.timers.armed().empty());
}

TEST_CASE("a subscription may outlive the instance") {
    ChangesStage stage;
    stage.subscribe();
    REQUIRE(stage.call(operation("echo")).has_value());
    stage.until_changes(1);
    stage.instance.reset();
    stage.subscription = {};
    CHECK(stage.changes.size() == 1);
}

}  // namespace blender_mcpd::blender
