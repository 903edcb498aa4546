// Scene events: what a connection that has asked for them is told by itself.
#include "stage.hpp"

#include <string>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

namespace {

std::string scene_event(int generation, const std::string& rest = R"("changed":["Cube"])") {
    return frame(R"({"event":"scene","gen":)" + std::to_string(generation) + "," + rest + "}");
}

struct WatchStage : OpenStage {
    using OpenStage::OpenStage;

    Task<core::Error> watch(core::CancelToken cancel = {}) {
        link::SceneHandler note = [this](const link::SceneEvent& event) {
            events.push_back(event);
            if (events.size() == close_after) connection->close();
        };
        return start(connection->watch(std::move(note), 2s, std::move(cancel)));
    }
    /// Blender agrees.
    Task<core::Error> watching(core::CancelToken cancel = {}) {
        auto watch_now = watch(std::move(cancel));
        const auto request = run(session->read_json());
        CHECK_THAT(request, ContainsSubstring(R"("op":"watch","args":{})"));
        run(session->write(ok_reply(id_of(request))));
        until([&] { return !events.empty(); });
        return watch_now;
    }
    void until_events(std::size_t count) {
        until([&] { return events.size() >= count; });
    }

    std::vector<link::SceneEvent> events;
    std::size_t close_after = 0;
};

}  // namespace

TEST_CASE("who watches is told where the scene stands, and then what has changed") {
    WatchStage stage;
    const auto watch = stage.watching();
    REQUIRE(stage.events.size() == 1);
    CHECK(stage.events[0].generation == 1);
    CHECK(stage.events[0].changed.empty());
    CHECK_FALSE(stage.events[0].file);

    stage.run(stage.session->write(scene_event(42, R"("changed":["Würfel","material:Steel"])")));
    stage.run(stage.session->write_slowly(
        scene_event(43, R"("changed":[],"more":true,"file":"/tmp/a.blend")")));
    stage.until_events(3);
    CHECK(stage.events[1].generation == 42);
    CHECK(stage.events[1].changed == std::vector<std::string>{"Würfel", "material:Steel"});
    CHECK_FALSE(stage.events[1].more);
    CHECK_FALSE(stage.events[1].file);
    CHECK(stage.events[2].generation == 43);
    CHECK(stage.events[2].more);
    CHECK(stage.events[2].file == "/tmp/a.blend");
    CHECK_FALSE(watch->done());
    CHECK(stage.timers.armed().empty());  // silence is no fault
}

TEST_CASE("an event may come in one block with the answer, and before any coroutine has run") {
    WatchStage stage;
    const auto watch = stage.watch();
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(ok_reply(id) + scene_event(2) + scene_event(3)));
    stage.until_events(3);
    CHECK(stage.events[0].generation == 1);
    CHECK(stage.events[2].generation == 3);
    CHECK_FALSE(watch->done());
}

TEST_CASE("a connection that watches carries calls as well") {
    WatchStage stage;
    const auto watch = stage.watching();
    const auto call = stage.call();
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(scene_event(5) + ok_reply(id) + scene_event(6)));
    CHECK(stage.finish(call));
    stage.until_events(3);
    CHECK(stage.connection->usable());
    // Events that wait to be read are nothing wrong.
    stage.run(stage.session->write(scene_event(7)));
    CHECK(stage.connection->usable());
    stage.until_events(4);
}

TEST_CASE("watching ends with the connection, and says why") {
    const struct {
        const char* name;
        void (*end)(WatchStage&);
        ErrorCode code;
        const char* message;
    } table[]{
        {"closed by Blender", [](WatchStage& stage) { stage.session->close(); },
         ErrorCode::connection, "Blender closed the connection"},
        {"reset", [](WatchStage& stage) { stage.session->reset(); }, ErrorCode::connection,
         "was lost"},
        {"closed by us", [](WatchStage& stage) { stage.connection->close(); },
         ErrorCode::connection, "closed by blender-mcpd"},
        {"its owner is gone", [](WatchStage& stage) { stage.connection.reset(); },
         ErrorCode::connection, "closed by blender-mcpd"},
        {"not an event", [](WatchStage& stage) { stage.run(stage.session->write(frame("[]"))); },
         ErrorCode::protocol, "invalid JSON"},
        {"a reply that nobody waits for",
         [](WatchStage& stage) { stage.run(stage.session->write(ok_reply(99))); },
         ErrorCode::protocol, "request 99, which is not open"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        WatchStage stage;
        const auto watch = stage.watching();
        row.end(stage);
        const auto error = stage.finish(watch);
        CHECK(error.code == row.code);
        CHECK_THAT(error.message, ContainsSubstring(row.message));
        CHECK(stage.events.size() == 1);
    }
}

TEST_CASE("watching is cancelled before and after Blender has agreed") {
    core::CancelSource before;
    before.cancel(core::CancelReason::shutdown);
    WatchStage stage;
    CHECK(stage.finish(stage.watch(before.token())).code == ErrorCode::shutting_down);
    CHECK(stage.connection->usable());  // nothing was sent

    SECTION("while it waits for the answer") {
        core::CancelSource cancel;
        const auto watch = stage.watch(cancel.token());
        cancel.cancel(core::CancelReason::closed);
        CHECK(stage.finish(watch).code == ErrorCode::cancelled);
    }
    SECTION("while it watches") {
        core::CancelSource cancel;
        const auto watch = stage.watching(cancel.token());
        cancel.cancel(core::CancelReason::shutdown);
        CHECK(stage.finish(watch).code == ErrorCode::shutting_down);
    }
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("a handler may close the connection") {
    for (const std::size_t at : {1U, 2U}) {
        WatchStage stage;
        stage.close_after = at;
        const auto watch = stage.watch();
        const auto id = id_of(stage.run(stage.session->read_json()));
        stage.run(stage.session->write(ok_reply(id) + scene_event(2) + scene_event(3)));
        CHECK_THAT(stage.finish(watch).message, ContainsSubstring("closed by blender-mcpd"));
        CHECK(stage.events.size() == at);
    }
}

TEST_CASE("a Blender that does not agree in time, or refuses") {
    WatchStage stage;
    const auto watch = stage.watch();
    const auto id = id_of(stage.run(stage.session->read_json()));
    SECTION("says nothing") {
        stage.advance(2s);
        const auto error = stage.finish(watch);
        CHECK(error.code == ErrorCode::timeout);
        CHECK_THAT(error.message, ContainsSubstring("did not answer watch within 2 s"));
        CHECK_FALSE(stage.connection->usable());
    }
    SECTION("refuses") {
        stage.run(stage.session->write(error_reply(id, R"({"kind":"invalid","message":"no"})")));
        CHECK(stage.finish(watch).message == "no");
        CHECK(stage.connection->usable());
    }
    CHECK(stage.events.empty());
}

TEST_CASE("an event that nobody asked for ends the connection") {
    WatchStage stage;
    SECTION("while a call runs") {
        const auto call = stage.call();
        stage.run(stage.session->read_json());
        stage.run(stage.session->write(scene_event(2)));
        const auto error = stage.finish(call).error();
        CHECK(error.code == ErrorCode::protocol);
        CHECK_THAT(error.message, ContainsSubstring("nobody wants to know"));
    }
    SECTION("before Blender has agreed to tell") {
        const auto watch = stage.watch();
        const auto id = id_of(stage.run(stage.session->read_json()));
        stage.run(stage.session->write(scene_event(2) + ok_reply(id)));
        CHECK(stage.finish(watch).code == ErrorCode::protocol);
    }
    CHECK(stage.events.empty());
}

TEST_CASE("an event that stops in the middle ends the connection") {
    WatchStage stage;
    const auto watch = stage.watching();
    const auto bytes = scene_event(2);
    stage.run(stage.session->write(bytes.substr(0, bytes.size() - 1)));
    stage.run(stage.session->delivered());
    stage.advance(30s);
    CHECK(stage.finish(watch).code == ErrorCode::timeout);
}
