// Throwaway Blenders on a snapshot of the scene.
#include "instance_stage.hpp"

namespace blender_mcpd::blender {

namespace {

/// Process numbers of all Blenders that were started from the stage's program and live.
std::vector<pid_t> blenders(const Stage& stage) {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto line = test::line_of(entry.path() / "cmdline");
        if (line.find(stage.temporary.path().string()) != std::string::npos &&
            !test::gone(std::stoi(name)))
            found.push_back(std::stoi(name));
    }
    return found;
}

}  // namespace

TEST_CASE("an operation on a copy runs in a Blender of its own, which ends with it") {
    Stage stage;
    const auto answer = stage.call_on_copy(operation("read_file"));
    REQUIRE(answer.has_value());
    const auto seen = core::Json::parse(answer->result());
    CHECK(seen.at("text") == "a snapshot");
    CHECK(seen.at("pid") != stage.pid());
    stage.loop.drive([&] { return blenders(stage).size() == 1; });
    CHECK_FALSE(std::filesystem::exists(seen.at("file").get<std::string>()));
    CHECK(stage.left_behind().size() == 1);
    CHECK(stage.metrics.value(blenders_started) == 1);
    CHECK(stage.metrics.value(blenders_died) == 0);
}

TEST_CASE("progress and errors of a copy come through") {
    Stage stage;
    const auto task = stage.start(operation("progress"), true);
    REQUIRE(stage.finish(task).has_value());
    CHECK(task->progress.size() == 2);
    CHECK(stage.call_on_copy(operation("fail")).error().code == ErrorCode::blender);
}

TEST_CASE("a copy that dies leaves the scene alone") {
    Stage stage;
    const auto answer = stage.call_on_copy(operation("die", R"({"code":7})", true));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(answer.error().message, ContainsSubstring("ran die on a copy, ended"));
    CHECK_THAT(answer.error().message, ContainsSubstring("exit code 7"));
    CHECK_THAT(answer.error().details, ContainsSubstring("the last words"));
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.metrics.value(blenders_died) == 0);
}

TEST_CASE("a copy that does not start leaves the scene alone") {
    Stage stage("ready", "exits");
    const auto answer = stage.call_on_copy(operation("echo"));
    REQUIRE_FALSE(answer.has_value());
    CHECK_THAT(answer.error().message, ContainsSubstring("exit code 3"));
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.status().at("state") == "ready");
}

TEST_CASE("cancelling ends the copy") {
    const std::string start = GENERATE("ready", "silent");  // while it works, and while it starts
    CAPTURE(start);
    Stage stage("ready", start);
    const auto task = stage.start(operation("hang"), true);
    stage.loop.drive([&] { return blenders(stage).size() == 2; });
    const auto next = stage.start(operation("echo"), true);
    task->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(task).error().code == ErrorCode::cancelled);
    if (start == "ready") CHECK(stage.finish(next).has_value());
    next->cancel.cancel(core::CancelReason::client);
    stage.finish(next);
    stage.loop.drive([&] { return blenders(stage).size() == 1; });
    CHECK(stage.call(operation("echo")).has_value());
}

TEST_CASE("one copy runs at a time, and waiting for it can be cancelled") {
    Stage stage;
    const auto first = stage.start(operation("hang"), true);
    stage.loop.drive([&] { return blenders(stage).size() == 2; });
    const auto second = stage.start(operation("read_file"), true);
    const auto third = stage.start(operation("read_file"), true);
    // The scene's own Blender is free meanwhile.
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(blenders(stage).size() <= 2);  // fewer while one of them replaces its program image
    second->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(second).error().code == ErrorCode::cancelled);
    first->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(third).has_value());
}

TEST_CASE("a quick copy waits for quick ones alone") {
    Stage stage;
    const auto quickly = [](const std::string& name) {
        auto quick = operation(name);
        quick.quick = true;
        return quick;
    };
    const auto render = stage.start(operation("hang"), true);
    stage.loop.drive([&] { return blenders(stage).size() == 2; });
    CHECK(stage.call_on_copy(quickly("read_file")).has_value());
    const auto quick = stage.start(quickly("hang"), true);
    stage.loop.drive([&] { return blenders(stage).size() == 3; });
    const auto next = stage.start(quickly("read_file"), true);
    stage.loop.settle();
    CHECK_FALSE(next->answer.has_value());
    quick->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(next).has_value());
    CHECK_FALSE(render->answer.has_value());
    render->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(render).error().code == ErrorCode::cancelled);
}

TEST_CASE("closing ends copies, in whatever state") {
    const std::string start = GENERATE("ready", "silent");
    CAPTURE(start);
    Stage stage("ready", start);
    const auto task = stage.start(operation("hang"), true);
    stage.loop.drive([&] { return blenders(stage).size() == 2; });
    stage.loop.run(stage.blender().close());
    stage.loop.drive([&] { return blenders(stage).empty(); });
    CHECK_FALSE(stage.finish(task).has_value());
}

}  // namespace blender_mcpd::blender
