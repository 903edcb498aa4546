// A Blender that ends by itself: what the next one opens, and who is told of what is lost.
#include "instance_stage.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

struct RecoveryStage : Stage {
    RecoveryStage() { options.recovery.folder = state.path(); }

    Answer edit(const std::string& name, const std::string& client = {}) {
        auto wanted = operation("edit", R"({"name":")" + name + R"("})", true);
        wanted.client = client;
        return call(std::move(wanted));
    }
    void copy(const std::string& text) {
        REQUIRE(call(operation("copy", R"({"text":")" + text + R"("})")).has_value());
    }
    core::Error die() {
        const auto answer = call(operation("die", R"({"signal":11})", true));
        REQUIRE_FALSE(answer.has_value());
        return answer.error();
    }
    core::Json opened() { return call_json(operation("opened")).at("opened"); }
    std::size_t reports() {
        std::error_code none;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(state.path() / "crashes", none), {}));
    }

    test::TempFolder state;
};

}  // namespace

TEST_CASE("the next Blender opens the newest copy, and the caller is told what it lacks") {
    RecoveryStage stage;
    REQUIRE(stage.edit("A").has_value());
    stage.copy("first");
    REQUIRE(stage.edit("B").has_value());
    stage.copy("second");
    REQUIRE(stage.edit("C").has_value());
    REQUIRE(stage.call(operation("echo", "{}", true)).has_value());  // changes nothing
    const auto error = stage.die();
    CHECK_THAT(error.message, ContainsSubstring("while it ran die. The next Blender opens a "
                                                "recovery copy of /a.blend"));
    CHECK_THAT(error.message, ContainsSubstring("Lost is 1 edit that had been answered as applied: "
                                                "edit (added C)"));
    CHECK(stage.reports() == 1);
    CHECK(stage.opened() == "second");
    CHECK(stage.metrics.value(blenders_restored) == 1);

    // One that dies without a copy of its own is restored from the same.
    REQUIRE(stage.edit("D").has_value());
    const auto again = stage.die();
    CHECK_THAT(again.message, ContainsSubstring("Lost is 1 edit"));
    CHECK_THAT(again.message, ContainsSubstring("added D"));
    CHECK(stage.opened() == "second");
}

TEST_CASE("a copy that cannot be opened is passed over, and tried once") {
    RecoveryStage stage;
    const std::string bad = GENERATE("broken", "poison");
    CAPTURE(bad);
    REQUIRE(stage.edit("A").has_value());
    stage.copy("good");
    REQUIRE(stage.edit("B").has_value());
    stage.copy(bad);
    CHECK_THAT(stage.die().message, ContainsSubstring("No edit that was answered is lost"));

    const auto told = stage.call(operation("echo"));
    REQUIRE_FALSE(told.has_value());
    CHECK(told.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(told.error().message, ContainsSubstring("could not open"));
    CHECK_THAT(told.error().message, ContainsSubstring("Lost is 1 edit"));
    CHECK_THAT(told.error().message, ContainsSubstring("added B"));
    CHECK(stage.opened() == "good");
    CHECK(stage.reports() == (bad == "poison" ? 2 : 1));

    const auto before = stage.metrics.value(blenders_started);
    CHECK_THAT(stage.die().message, ContainsSubstring("No edit that was answered is lost"));
    CHECK(stage.opened() == "good");
    CHECK(stage.metrics.value(blenders_started) == before + 1);
}

TEST_CASE("when nothing can be opened the scene begins anew") {
    RecoveryStage stage;
    REQUIRE(stage.edit("A").has_value());
    stage.copy("broken");
    (void)stage.die();
    const auto told = stage.call(operation("echo"));
    REQUIRE_FALSE(told.has_value());
    CHECK_THAT(told.error().message, ContainsSubstring("nothing to restore"));
    CHECK_THAT(told.error().message, ContainsSubstring("added A"));
    CHECK(stage.opened() == nullptr);
}

TEST_CASE("every client that used the Blender is told once, others are not") {
    RecoveryStage stage;
    REQUIRE(stage.edit("A", "one").has_value());
    REQUIRE(stage.edit("B", "two").has_value());
    auto death = operation("die", "{}", true);
    death.client = "one";
    CHECK_FALSE(stage.call(death).has_value());
    CHECK(stage.status().at("state") == "failed");  // two does not know yet

    CHECK(stage.edit("C", "one").has_value());
    CHECK(stage.edit("D", "three").has_value());
    const auto told = stage.edit("E", "two");
    REQUIRE_FALSE(told.has_value());
    CHECK(told.error().code == ErrorCode::unavailable);
    CHECK(told.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(told.error().message, ContainsSubstring("Lost are 2 edits"));
    CHECK(stage.edit("E", "two").has_value());
}

TEST_CASE("the crash report says what happened") {
    RecoveryStage stage;
    REQUIRE(stage.edit("A").has_value());
    stage.copy("first");
    (void)stage.call(
        operation("die", R"({"signal":11,"code":")" + std::string(5'000, 'x') + "\"}"));
    const auto last = stage.status().at("recovery").at("last_crash");
    CHECK(last.at("how") == "killed by signal 11 (Segmentation fault)");
    const auto path = last.at("report").get<std::string>();
    const auto read = [&] {
        std::ifstream in(path);
        return core::Json::parse(in);
    };
    const auto report = read();
    CHECK(report.at("signal") == 11);
    CHECK(report.at("restored") == nullptr);
    CHECK_THAT(report.at("output").get<std::string>(), ContainsSubstring("last words"));
    const auto& calls = report.at("calls");
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].at("changes") == "added A");
    CHECK(calls[2].at("op") == "die");
    CHECK(calls[2].at("outcome") == "running");
    CHECK(calls[2].at("args").get<std::string>().size() < 400);
    CHECK(stage.opened() == "first");
    CHECK(read().at("restored").at("file") == "/a.blend");
}

TEST_CASE("a crash loop stops with advice") {
    RecoveryStage stage;
    for (int i = 0; i < 3; ++i)
        (void)stage.die();
    const auto refused = stage.call(operation("echo"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(refused.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(refused.error().message, ContainsSubstring("ended 3 times within 5 minutes"));
    CHECK_THAT(refused.error().remedy, ContainsSubstring("crash-"));
    CHECK(core::Json::parse(refused.error().details).at("retry_after_s") == 30);
    const auto status = stage.status();
    CHECK(status.at("state") == "failed");
    CHECK(status.at("message") == refused.error().message);
    CHECK(stage.metrics.value(blenders_started) == 3);
}

TEST_CASE("a folder that cannot be made costs the copies, nothing else") {
    RecoveryStage stage;
    stage.options.recovery.folder = stage.state.write("a file", "");
    CHECK(stage.edit("A").has_value());
    CHECK_THAT(stage.die().message, ContainsSubstring("Everything that was not saved is lost"));
    CHECK(stage.edit("A").has_value());
}

TEST_CASE("the copies go with the daemon") {
    RecoveryStage stage;
    REQUIRE(stage.edit("A").has_value());
    stage.copy("first");
    stage.loop.run(stage.instance->close());
    stage.instance.reset();
    CHECK(fs::is_empty(stage.state.path() / "recovery"));
}

TEST_CASE("a Blender that does not end a call refuses others at once, and is killed") {
    RecoveryStage stage;
    stage.options.kill_stuck_after = 400ms;
    stage.options.pool.max = 1;
    REQUIRE(stage.edit("A").has_value());
    stage.copy("first");
    auto endless = operation("never_end", "{}", true);
    endless.timeout = 20ms;
    const auto waiting = stage.start(endless);
    stage.loop.drive([&] { return stage.status().at("pool").at("active") == 1; });
    const auto behind = stage.start(operation("echo"));
    const auto late = stage.finish(waiting);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == ErrorCode::timeout);
    CHECK(late.error().outcome == core::Outcome::unknown);
    CHECK_THAT(late.error().remedy, ContainsSubstring("cannot be interrupted"));
    CHECK_THAT(late.error().remedy, ContainsSubstring("it is killed"));

    const auto refused = stage.finish(behind);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::busy);
    CHECK_THAT(refused.error().message, ContainsSubstring("does not end never_end"));
    CHECK(core::Json::parse(refused.error().details).at("retry_after_s") >= 1);

    stage.loop.drive([&] { return stage.metrics.value(blenders_died) == 1; });
    CHECK(stage.metrics.value(blenders_killed) == 1);
    const auto told = stage.call(operation("echo"));
    REQUIRE_FALSE(told.has_value());
    CHECK_THAT(told.error().message,
               ContainsSubstring("blender-mcpd ended it, as it did not end never_end"));
    CHECK(stage.opened() == "first");
}

TEST_CASE("a Blender that ends its call at last is used again") {
    RecoveryStage stage;
    stage.options.kill_stuck_after = -1ms;
    REQUIRE(stage.edit("A").has_value());
    const auto until = (stage.tools.path() / "end_at_last").string();
    auto endless = operation("never_end", R"({"until":")" + until + R"("})", true);
    endless.timeout = 20ms;
    const auto answer = stage.call(endless);
    CHECK_THAT(answer.error().remedy, ContainsSubstring("leaves it alone"));
    const auto status = stage.status();
    CHECK(status.at("state") == "busy");
    CHECK_THAT(status.at("message").get<std::string>(),
               ContainsSubstring("does not end never_end"));
    CHECK(status.at("blender").contains("running"));
    CHECK(stage.call(operation("echo")).error().code == ErrorCode::busy);
    // It is over when Blender says so.
    stage.tools.write("end_at_last", "");
    stage.loop.drive([&] { return stage.call(operation("echo")).has_value(); });
    CHECK(stage.metrics.value(blenders_started) == 1);
}

}  // namespace blender_mcpd::blender
