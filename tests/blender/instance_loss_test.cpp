// What callers are told when Blender, or the connection to it, is lost.
#include "instance_stage.hpp"

#include <csignal>

namespace blender_mcpd::blender {

TEST_CASE("after a lost connection Blender is asked what became of the call") {
    struct Row {
        const char* name;
        const char* outcome;  // what the journal answers
        bool mutates;
        const char* result;  // nullptr: an error
        ErrorCode code;
        core::Outcome left;
        const char* remedy;
    };
    const Row rows[] = {
        {"applied",
         R"({"state":"applied","reply":{"ok":true,"gen":2,"result":{"a":1}}})",
         true,
         R"({"a":1})",
         {},
         {},
         ""},
        {"applied, without the result", R"({"state":"applied","result_dropped":true})", true,
         nullptr, ErrorCode::connection, core::Outcome::applied, "Do not repeat it"},
        {"failed",
         R"({"state":"failed","reply":{"ok":false,"error":{"kind":"not_found","message":"No Cube","remedy":"Make one."}}})",
         true, nullptr, ErrorCode::not_found, core::Outcome::not_applied, "Make one."},
        {"failed, and has changed something",
         R"({"state":"failed","reply":{"ok":false,"error":{"kind":"script","message":"NameError"}}})",
         true, nullptr, ErrorCode::blender, core::Outcome::unknown, ""},
        {"failed, without the reply", R"({"state":"failed"})", true, nullptr, ErrorCode::blender,
         core::Outcome::unknown, ""},
        {"dropped from the queue: nobody has cancelled it",
         R"({"state":"failed","reply":{"ok":false,"error":{"kind":"not_started","message":"Nothing was done"}}})",
         true, nullptr, ErrorCode::connection, core::Outcome::not_applied, ""},
        {"never seen", R"({"state":"never_seen"})", true, nullptr, ErrorCode::connection,
         core::Outcome::not_applied, "safe to call again"},
        {"running, then applied",
         R"([{"state":"queued"},{"state":"running"},{"state":"running"},{"state":"applied","reply":{"ok":true,"gen":2,"result":{"a":1}}}])",
         true,
         R"({"a":1})",
         {},
         {},
         ""},
        {"forgotten", R"({"state":"forgotten"})", true, nullptr, ErrorCode::connection,
         core::Outcome::unknown, ""},
        {"nonsense", R"({"state":"asleep"})", true, nullptr, ErrorCode::connection,
         core::Outcome::unknown, ""},
        {"read only: not asked", R"({"state":"applied","reply":{"result":{"a":1}}})", false,
         nullptr, ErrorCode::connection, core::Outcome::not_applied, ""},
    };
    Stage stage;
    stage.options.pool.max = std::size(rows);
    std::vector<std::shared_ptr<Stage::Task>> tasks;
    for (const auto& row : rows)
        tasks.push_back(stage.start(
            operation("drop", std::string(R"({"outcome":)") + row.outcome + "}", row.mutates)));
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        const auto& row = rows[i];
        INFO(row.name);
        const auto& answer = stage.finish(tasks[i]);
        CHECK(answer.has_value() == (row.result != nullptr));
        if (answer.has_value()) {
            CHECK(answer->result() == row.result);
            continue;
        }
        CHECK(answer.error().code == row.code);
        CHECK(answer.error().outcome == row.left);
        CHECK_THAT(core::describe(answer.error()), ContainsSubstring(row.remedy));
    }
    CHECK(stage.metrics.value(blenders_started) == 1);
    CHECK(stage.call(operation("echo")).has_value());
}

namespace {

constexpr auto kept_result =
    R"("outcome":{"state":"applied","reply":{"ok":true,"gen":2,"result":{"a":1}}})";

std::string drop(const std::string& more) {
    return std::string("{") + kept_result + "," + more + "}";
}

}  // namespace

TEST_CASE("Blender is asked again when the question is lost, too") {
    Stage stage;
    const auto answer = stage.call(operation("drop", drop(R"("then_lose":3)"), true));
    REQUIRE(answer.has_value());
    CHECK(answer->result() == R"({"a":1})");
}

TEST_CASE("after a broken reply Blender is asked what became of the call, as after a lost one") {
    Stage stage;
    const auto answer = stage.call(operation("drop", drop(R"("then_break":true)"), true));
    REQUIRE(answer.has_value());
    CHECK(answer->result() == R"({"a":1})");
}

TEST_CASE("after a silence Blender is asked what became of the call") {
    Stage stage;
    auto silent = operation("swallow", drop(R"("a":1)"), true);
    silent.timeout = 20ms;
    const auto answer = stage.call(std::move(silent));
    REQUIRE(answer.has_value());
    CHECK(answer->result() == R"({"a":1})");
}

TEST_CASE("a silent call that Blender still works on when its time is over is interrupted") {
    Stage stage;
    auto late = operation("swallow", R"({"outcome":{"state":"running"}})", true);
    late.timeout = 20ms;
    const auto answer = stage.call(std::move(late));
    REQUIRE_FALSE(answer.has_value());
    CHECK_THAT(answer.error().message, ContainsSubstring("Interrupted"));
    CHECK(stage.call(operation("echo")).has_value());
}

TEST_CASE("a call that Blender still works on when its time is over stays unknown") {
    Stage stage;
    auto slow = operation("drop", R"({"outcome":{"state":"running"}})", true);
    slow.timeout = 100ms;
    const auto answer = stage.call(std::move(slow));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().outcome == core::Outcome::unknown);
    CHECK_THAT(answer.error().remedy, ContainsSubstring("still works on it"));
}

TEST_CASE("a call that is cancelled after its connection was lost is interrupted") {
    Stage stage;
    stage.options.pool.max = 2;
    const auto task = stage.start(operation("drop", R"({"outcome":{"state":"running"}})", true));
    while (stage.call_json(operation("questions")).at("count") == 0)
        continue;
    task->cancel.cancel(core::CancelReason::client);
    const auto& answer = stage.finish(task);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::cancelled);
    CHECK_THAT(answer.error().message, ContainsSubstring("Interrupted"));
}

TEST_CASE("a Blender that dies while it works") {
    Stage stage;
    const bool mutates = GENERATE(true, false);
    const auto answer = stage.call(operation("die", R"({"signal":11})", mutates));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().message ==
          "Blender ended (killed by signal 11 (Segmentation fault)) while it ran die. "
          "Everything that was not saved is lost");
    CHECK(answer.error().outcome ==
          (mutates ? core::Outcome::unknown : core::Outcome::not_applied));
    CHECK_THAT(answer.error().details, ContainsSubstring("the last words of Blender"));
    CHECK_THAT(answer.error().remedy, ContainsSubstring("next call starts a new Blender"));

    // Everybody who must know knows: the next call starts a new one.
    CHECK(stage.status().at("state") == "not_running");
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.metrics.value(blenders_started) == 2);
    CHECK(stage.metrics.value(blenders_died) == 1);
    stage.loop.drive([&] { return stage.left_behind().size() == 1; });
}

TEST_CASE("all calls learn that Blender died, those that wait for a connection too") {
    Stage stage;
    stage.options.pool.max = 1;
    const auto running = stage.start(operation("hang", "{}", true));
    stage.loop.drive([&] { return stage.status().at("state") == "busy"; });
    const auto waiting = stage.start(operation("echo", "{}", true));
    stage.loop.drive([&] { return stage.status().at("pool").at("waiting") == 1; });
    CHECK(stage.status().at("blender").at("queue") == 1);
    kill(stage.pid(), SIGKILL);
    CHECK_THAT(stage.finish(running).error().message, ContainsSubstring("Blender ended (killed"));
    const auto& error = stage.finish(waiting).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK_THAT(error.message, ContainsSubstring("Blender ended (killed"));
    CHECK(error.outcome == core::Outcome::not_applied);
    CHECK(stage.call(operation("echo")).has_value());
}

TEST_CASE(
    "a Blender that dies right after its answer: the answer counts, the next caller is told") {
    Stage stage;
    REQUIRE(stage.call(operation("answer_and_die", R"({"code":7})", true)).has_value());
    stage.loop.drive([&] { return stage.metrics.value(blenders_died) == 1; });
    const auto told = stage.call(operation("echo"));
    REQUIRE_FALSE(told.has_value());
    CHECK_THAT(told.error().message, ContainsSubstring("exit code 7"));
    CHECK(stage.call(operation("echo")).has_value());
}

TEST_CASE("a Blender that dies while nobody calls: the next caller is told, once") {
    Stage stage;
    REQUIRE(stage.call(operation("echo")).has_value());
    kill(stage.pid(), SIGKILL);
    stage.loop.drive([&] { return stage.metrics.value(blenders_died) == 1; });
    const auto status = stage.status();
    CHECK(status.at("state") == "failed");
    CHECK_THAT(status.at("message").get<std::string>(),
               ContainsSubstring("killed by signal 9 (Killed)) between two calls"));

    const auto told = stage.call(operation("echo"));
    REQUIRE_FALSE(told.has_value());
    CHECK(told.error().code == ErrorCode::unavailable);
    CHECK(told.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(told.error().message, ContainsSubstring("ended unexpectedly"));
    CHECK_THAT(told.error().message, ContainsSubstring("not saved is lost"));
    CHECK_THAT(told.error().remedy, ContainsSubstring("Nothing was done"));
    CHECK(stage.metrics.value(blenders_started) == 1);

    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.metrics.value(blenders_started) == 2);
}

}  // namespace blender_mcpd::blender
