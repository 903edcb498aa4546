#include "instance_stage.hpp"

#include <cstdint>

#include <unistd.h>

namespace blender_mcpd::blender {

TEST_CASE("the first call starts Blender, later ones use it") {
    Stage stage;
    const auto first = stage.call(operation("echo", R"({"a":1})"));
    REQUIRE(first.has_value());
    CHECK(first->result() == R"({"a":1})");
    CHECK(first->blob() == "blob");
    const auto pid = stage.pid();
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.pid() == pid);
    CHECK(stage.metrics.value(blenders_started) == 1);
    CHECK(stage.metrics.value(blenders_died) == 0);
}

TEST_CASE("whoever comes while Blender starts waits for the same start") {
    Stage stage;
    std::vector<std::shared_ptr<Stage::Task>> tasks;
    for (int i = 0; i < 6; ++i)
        tasks.push_back(stage.start(operation("echo")));
    const auto impatient = stage.start(operation("echo"));
    stage.loop.settle();
    impatient->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(impatient).error().code == ErrorCode::cancelled);
    for (const auto& task : tasks)
        CHECK(stage.finish(task).has_value());
    CHECK(stage.metrics.value(blenders_started) == 1);
}

TEST_CASE("Blender is started in a clean environment, as documented") {
    const test::Variable python("PYTHONPATH", "/foreign");
    const test::Variable display("DISPLAY", ":7");
    const test::Variable language("LANG", "de_DE.UTF-8");
    Stage stage;
    std::vector<std::string> expected{"--background", "--factory-startup"};
    SECTION("factory settings") {}
    SECTION("the user's settings") {
        stage.options.launch.factory_startup = false;
        expected.pop_back();
    }
    SECTION("a file") {
        stage.options.launch.blend_file = stage.tools.write("my scene.blend", "").string();
        expected.push_back(stage.options.launch.blend_file);
    }
    const auto seen = stage.call_json(operation("environment"));
    const auto folder = stage.temporary.path() / stage.left_behind().at(0);
    expected.insert(expected.end(), {"--python", (folder / "runtime/start.py").string()});
    CHECK(seen.at("arguments").get<std::vector<std::string>>() == expected);
    CHECK(std::filesystem::is_regular_file(folder / "runtime/start.py"));
    CHECK(std::filesystem::is_regular_file(folder / "runtime/blender_mcpd_runtime/__init__.py"));

    const auto& environment = seen.at("environment");
    CHECK(environment.at("TMPDIR") == (folder / "tmp").string());
    CHECK(std::filesystem::is_directory(folder / "tmp"));
    CHECK(environment.at("LANG") == "de_DE.UTF-8");
    CHECK_FALSE(environment.contains("PYTHONPATH"));
    CHECK_FALSE(environment.contains("DISPLAY"));
    CHECK_THAT(environment.at("PATH").get<std::string>(), ContainsSubstring("/usr/bin:/sbin:/bin"));
}

TEST_CASE("Blender's memory is limited as configured") {
    Stage stage;
    const auto physical = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
    const auto [configured, expected] = GENERATE_COPY(table<std::int64_t, std::int64_t>(
        {{-1, -1}, {0, physical}, {4096, std::int64_t{4096} << 20}}));
    stage.options.launch.memory_limit_mb = configured;
    CHECK(stage.call_json(operation("environment")).at("address_space") == expected);
}

TEST_CASE("a start that fails says why, with Blender's own words") {
    struct Row {
        const char* start;
        ErrorCode code;
        const char* message;
        const char* output;
    };
    const auto row = GENERATE(values<Row>({
        {"error", ErrorCode::unavailable, "did not start: no module named bpy", "fake Blender"},
        {"nonsense", ErrorCode::protocol, "nonsense: Blender 3.4.1", "fake Blender"},
        {"exits", ErrorCode::unavailable, "ended while starting (exit code 3)", "Error: no GPU"},
        {"crashes", ErrorCode::unavailable, "(killed by signal 11", "fake Blender"},
    }));
    CAPTURE(row.start);
    Stage stage(row.start);
    const auto failed = stage.call(operation("echo"));
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == row.code);
    CHECK(failed.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(failed.error().message, ContainsSubstring(row.message));
    CHECK_THAT(failed.error().message, ContainsSubstring(row.output));
    CHECK_THAT(failed.error().details, ContainsSubstring(row.output));
    CHECK_THAT(failed.error().remedy, ContainsSubstring(stage.options.launch.executable));
    stage.until_nothing_is_left();

    const auto status = stage.status();
    CHECK(status.at("state") == "failed");
    CHECK(status.at("message") == failed.error().message);

    // The next call tries again.
    stage.install("ready");
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.status().at("state") == "ready");
    CHECK(stage.metrics.value(blenders_started) == 1);
}

TEST_CASE("a Blender that takes too long to start is ended") {
    Stage stage("silent");
    stage.options.launch.start_timeout = 100ms;
    const auto failed = stage.call(operation("echo"));
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == ErrorCode::timeout);
    CHECK_THAT(failed.error().message, ContainsSubstring("within 0.1 s (blender.start_timeout_s)"));
}

TEST_CASE("a Blender that reports and does not answer is no Blender") {
    Stage stage("mute");
    stage.options.connection.connect_timeout = 100ms;
    const auto failed = stage.call(operation("echo"));
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == ErrorCode::timeout);
    CHECK(stage.metrics.value(blenders_started) == 0);
    stage.until_nothing_is_left();
}

TEST_CASE("what cannot be started") {
    Stage stage;
    SECTION("no program") {
        stage.options.launch.executable = "/nonexistent/blender";
        const auto failed = stage.call(operation("echo"));
        CHECK(failed.error().code == ErrorCode::unavailable);
        CHECK_THAT(failed.error().message, ContainsSubstring("/nonexistent/blender"));
    }
    SECTION("not a program that the system can run") {
        stage.options.launch.executable = stage.tools
                                              .write_program("bad",
                                                             "\x7f"
                                                             "ELF")
                                              .string();
        const auto failed = stage.call(operation("echo"));
        CHECK(failed.error().code == ErrorCode::unavailable);
        CHECK_THAT(failed.error().message, ContainsSubstring("cannot start"));
    }
    SECTION("no file") {
        stage.options.launch.blend_file = "/nonexistent/scene.blend";
        const auto failed = stage.call(operation("echo"));
        CHECK(failed.error().code == ErrorCode::not_found);
        CHECK_THAT(failed.error().message, ContainsSubstring("/nonexistent/scene.blend"));
    }
}

TEST_CASE("errors, progress and limits of calls come through") {
    Stage stage;
    SECTION("an error of Blender's") {
        const auto failed = stage.call(operation("fail"));
        REQUIRE_FALSE(failed.has_value());
        CHECK(failed.error().code == ErrorCode::blender);
        CHECK(failed.error().message == "No such thing");
        CHECK(failed.error().remedy == "Make one.");
    }
    SECTION("progress") {
        const auto task = stage.start(operation("progress"));
        REQUIRE(stage.finish(task).has_value());
        REQUIRE(task->progress.size() == 2);
        CHECK(task->progress[1].value == 2);
        CHECK(task->progress[1].message == "step 2");
    }
    SECTION("the time limit of the operation") {
        auto slow = operation("hang");
        slow.timeout = 20ms;
        CHECK(stage.call(slow).error().code == ErrorCode::timeout);
    }
    SECTION("the configured time limit") {
        stage.options.call_timeout = 20ms;
        CHECK(stage.call(operation("hang")).error().code == ErrorCode::timeout);
    }
    SECTION("cancellation") {
        const auto task = stage.start(operation("hang"));
        stage.loop.drive([&] { return stage.status().at("state") == "busy"; });
        task->cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(task).error().code == ErrorCode::cancelled);
    }
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.metrics.value(blenders_started) == 1);
}

TEST_CASE("launch modes") {
    Stage stage;
    Port busy(stage.loop.io);
    SECTION("automatic, and something listens") {
        stage.options.listener.port = busy.number();
        const auto failed = stage.call(operation("echo"));
        CHECK(failed.error().code == ErrorCode::unavailable);
        CHECK_THAT(failed.error().message,
                   ContainsSubstring("listens on 127.0.0.1:" + std::to_string(busy.number())));
        CHECK_THAT(failed.error().remedy, ContainsSubstring("blender.launch"));
        CHECK(stage.status().at("state") == "foreign_service");
        // When it has gone, the next call starts a Blender.
        busy.stop_listening();
        CHECK(stage.call(operation("echo")).has_value());
    }
    SECTION("always, whatever listens") {
        stage.options.listener.port = busy.number();
        stage.options.mode = LaunchMode::always;
        CHECK(stage.status().at("state") == "not_running");
        CHECK(stage.call(operation("echo")).has_value());
    }
    SECTION("never, and something listens") {
        stage.options.listener.port = busy.number();
        stage.options.mode = LaunchMode::never;
        CHECK_THAT(stage.call(operation("echo")).error().message,
                   ContainsSubstring("Something else listens"));
    }
    SECTION("never, and nothing listens") {
        stage.options.mode = LaunchMode::never;
        const auto failed = stage.call(operation("echo"));
        CHECK(failed.error().code == ErrorCode::unavailable);
        CHECK_THAT(failed.error().message, ContainsSubstring("Nothing listens"));
        CHECK_THAT(failed.error().remedy, ContainsSubstring("auto"));
        CHECK(stage.metrics.value(blenders_started) == 0);
    }
    SECTION("never, asked before any call") {
        stage.options.mode = LaunchMode::never;
        const auto status = stage.status();
        CHECK(status.at("state") == "not_running");
        CHECK_THAT(status.at("message").get<std::string>(), ContainsSubstring("never"));
    }
}

TEST_CASE("the status in every state") {
    Stage stage;
    SECTION("not running") {
        const auto status = stage.status();
        CHECK(status.at("state") == "not_running");
        CHECK(status.at("endpoint").at("listening") == false);
        CHECK(status.at("endpoint").at("port") == stage.port.number());
        CHECK(status.at("blender").at("executable") == stage.options.launch.executable);
        CHECK(stage.left_behind().empty());  // it starts nothing
    }
    SECTION("no Blender to start") {
        stage.options.launch.executable = "/nonexistent/blender";
        const auto status = stage.status();
        CHECK(status.at("state") == "failed");
        CHECK_THAT(status.at("message").get<std::string>(), ContainsSubstring("/nonexistent"));
    }
    SECTION("starting") {
        const auto task = stage.start(operation("echo"));
        CHECK(stage.status().at("state") == "starting");
        CHECK(stage.finish(task).has_value());
    }
    SECTION("ready, with what Blender says and what we know") {
        REQUIRE(stage.call(operation("echo")).has_value());
        const auto status = stage.status();
        CHECK(status.at("state") == "ready");
        CHECK(status.at("message") == "Blender is ready");
        CHECK(status.at("blender").at("version") == "3.4.1");
        CHECK(status.at("blender").at("executable") == stage.options.launch.executable);
        CHECK_FALSE(status.at("blender").contains("state"));
        CHECK(status.at("pool").at("total") == 1);
        CHECK(status.at("pool").at("idle") == 1);
    }
    SECTION("busy") {
        const auto task = stage.start(operation("hang"));
        stage.loop.drive([&] { return stage.status().at("state") == "busy"; });
        const auto status = stage.status();
        CHECK(status.at("message") == "Blender is working");
        CHECK(status.at("pool").at("active") == 1);
    }
    SECTION("no answer") {
        REQUIRE(stage.call(operation("mute_status")).has_value());
        const auto status = stage.status();
        CHECK(status.at("state") == "busy");
        CHECK_THAT(status.at("message").get<std::string>(), ContainsSubstring("does not answer"));
        CHECK(status.at("blender").contains("pid"));
    }
    const auto last = stage.status();
    for (const auto* key : {"state", "message", "next_step", "endpoint"})
        CHECK(last.contains(key));
}

}  // namespace blender_mcpd::blender
