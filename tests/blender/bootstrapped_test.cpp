// The user's Blender by way of its add-on: how the runtime gets in, and what happens when it does
// not, or is lost.
#include "bootstrap_stage.hpp"

namespace blender_mcpd::blender {

TEST_CASE("bootstrapped: a runtime that is there already is used") {
    BootstrapStage stage;
    CHECK(stage.peer->name() == "127.0.0.1:" + std::to_string(stage.addon->port()));
    const auto call = stage.call();
    const auto another = stage.call();  // waits for the same
    stage.let_in();
    CHECK_THAT(stage.hello, ContainsSubstring(stage.token));
    CHECK(stage.token.size() == 64);
    stage.answer_call();
    stage.answer_next();
    CHECK(stage.finish(call).value().result() == scene);
    CHECK(stage.finish(another).value().result() == scene);
    CHECK(stage.peer->name() == "blender-4711-one");
}

TEST_CASE("bootstrapped: where there is none it is brought along") {
    BootstrapStage stage;
    const auto call = stage.call();
    auto& addon = stage.accept_at_addon();
    const auto question = stage.code(addon);
    CHECK(question.size() < 1'000);
    stage.answer(addon, question, "null");
    const auto install = stage.code(addon);
    CHECK(install.size() > 50'000);
    CHECK_THAT(install, ContainsSubstring("install(given)"));
    stage.answer(addon, install, stage.here());
    stage.answer_ping();
    stage.answer_call();
    CHECK(stage.finish(call).value().result() == scene);
}

namespace {

/// The Blender Lab's add-on: a request ends with a NUL, and each has a connection of its own.
struct LabStage : BootstrapStage {
    LabStage() : BootstrapStage(link::Dialect::lab) {}

    std::string lab_code(PeerSession& session) {
        std::string text;
        while (text.empty() || text.back() != '\0')
            text += run(session.read_some());
        CHECK(text.size() <= 4'096);
        text.pop_back();
        const auto request = core::Json::parse(text);
        CHECK(request.at("type") == "execute");
        CHECK(request.at("strict_json") == true);
        return request.at("code").get<std::string>();
    }
    void lab_answer(PeerSession& session, const std::string& printed) {
        core::Json reply{{"status", "ok"}, {"result", core::Json::object()}};
        if (!printed.empty()) reply["stdout"] = printed;
        run(session.write(reply.dump() + '\0'));
        session.close();
    }
    void lab_fail(PeerSession& session, const std::string& message) {
        run(session.write(core::Json{{"status", "error"}, {"message", message}}.dump() + '\0'));
        session.close();
    }
    /// Asked for a runtime that is there, it has none.
    void answer_that_there_is_none() {
        auto& first = accept_at_addon();
        const auto mark = member(lab_code(first), "mark");
        lab_answer(first, mark + "null" + mark);
    }
};

}  // namespace

TEST_CASE("bootstrapped: what reads little at a time gets the runtime in parts, some at once") {
    LabStage stage;
    const auto call = stage.call();
    stage.answer_that_there_is_none();
    // Four are on their way before the first is answered.
    std::vector<std::pair<PeerSession*, std::string>> asked;
    std::size_t parts = 0;
    for (;;) {
        while (asked.size() < (parts == 0 ? 4U : 1U)) {
            auto& session = stage.accept_at_addon();
            asked.emplace_back(&session, stage.lab_code(session));
        }
        const auto [session, code] = asked.back();
        asked.pop_back();
        if (code.find("install(given)") != std::string::npos) {
            const auto mark = LabStage::member(code, "mark");
            stage.lab_answer(*session, "noise\n" + mark + stage.here() + mark + "\n");
            break;
        }
        ++parts;
        CHECK_THAT(code, ContainsSubstring("blender_mcpd_parcel_"));
        stage.lab_answer(*session, "");
    }
    CHECK(asked.empty());
    CHECK(parts > 20);
    stage.answer_ping();
    stage.answer_call();
    CHECK(stage.finish(call).value().result() == scene);
    CHECK(stage.peer->name() == "blender-4711-one");
    CHECK(stage.peer->is_native());
}

TEST_CASE("bootstrapped: the Lab's add-on as it is, when the runtime cannot be there") {
    LabStage stage;
    const auto call = stage.call();
    // A part is refused: no other is begun, and nothing is installed.
    stage.answer_that_there_is_none();
    for (int i = 0; i < 4; ++i) {
        auto& refused = stage.accept_at_addon();
        stage.lab_code(refused);
        stage.lab_fail(refused, "Client timed out");
    }
    auto& session = stage.accept_at_addon();
    CHECK_THAT(stage.lab_code(session), ContainsSubstring("bpy.context.scene"));
    stage.lab_answer(session,
                     "<blender-mcpd>{\"name\": \"S\", \"object_count\": 3}</blender-mcpd>\n");
    CHECK_THAT(std::string(stage.finish(call).value().result()),
               ContainsSubstring(R"("object_count":3)"));
    CHECK(stage.endpoint().at("carrier") == "lab");
    CHECK_THAT(stage.endpoint().at("bootstrap").get<std::string>(),
               ContainsSubstring("Client timed out"));
}

TEST_CASE("bootstrapped: the add-on is used as it is when the runtime does not get in") {
    BootstrapStage stage;
    const auto call = stage.call();
    auto& addon = stage.accept_at_addon();
    const auto question = stage.code(addon);
    std::string why;
    SECTION("the add-on refuses") {
        stage.run(addon.write(R"({"status":"error","message":"execute_code is switched off"})"));
        why = "execute_code is switched off";
    }
    SECTION("the add-on executes nothing") {
        stage.run(addon.write(R"({"status":"success","result":{"executed":true,"result":"hi"}})"));
        why = "did not give the runtime's answer";
    }
    SECTION("the runtime is not there after it was brought along") {
        stage.answer(addon, question, "null");
        stage.answer(addon, stage.code(addon), "null");
        why = "not installed";
    }
    const auto request = stage.run(test::read_request(addon));
    CHECK(core::Json::parse(request).at("type") == "get_scene_info");
    stage.run(addon.write(R"({"status":"success","result":{"name":"Scene","object_count":3}})"));
    CHECK_THAT(std::string(stage.finish(call).value().result()), ContainsSubstring("object_count"));

    const auto endpoint = stage.endpoint();
    CHECK(endpoint.at("carrier") == "ahujasid");
    CHECK_THAT(endpoint.at("bootstrap").get<std::string>(), ContainsSubstring(why));

    // What only the runtime can do is refused with the reason.
    const auto refused = stage.finish(stage.call("object.create")).error();
    CHECK(refused.outcome == core::Outcome::not_applied);
    CHECK_THAT(refused.message, ContainsSubstring("cannot") && ContainsSubstring(why));

    // It is not tried at every call, but again later: the user may have done something about it.
    stage.advance(Bootstrapped::retry_after - 1ms);
    const auto soon = stage.call();
    CHECK(core::Json::parse(stage.run(test::read_request(addon))).at("type") == "get_scene_info");
    stage.run(addon.write(R"({"status":"success","result":{"name":"Scene","object_count":3}})"));
    CHECK(stage.finish(soon).has_value());
    stage.advance(1ms);
    const auto later = stage.call();
    stage.answer(addon, stage.code(addon), stage.here());
    stage.answer_ping();
    stage.answer_call();
    CHECK(stage.finish(later).value().result() == scene);
}

TEST_CASE("bootstrapped: a call whose connection is cut is looked up in the journal") {
    BootstrapStage stage;
    const auto call = stage.call("create_objects", true);
    stage.let_in();
    auto& carrier = stage.welcome_at_runtime();
    CHECK_THAT(stage.run(carrier.read_json()), ContainsSubstring("create_objects"));
    auto& control = *stage.sessions[1];
    carrier.close();
    const auto question = stage.run(control.read_json());
    CHECK_THAT(question, ContainsSubstring(R"("op":"outcome")"));
    CHECK_THAT(question, ContainsSubstring("its-uuid"));
    SECTION("applied") {
        stage.run(control.write(test::ok_reply(
            test::id_of(question), R"({"state":"applied","reply":{"ok":true,"result":{"n":1}}})")));
        CHECK(stage.finish(call).value().result() == R"({"n":1})");
    }
    SECTION("it never came and never will: it is sent once more, under a uuid of its own") {
        stage.run(
            control.write(test::ok_reply(test::id_of(question), R"({"state":"never_seen"})")));
        auto& addon = *stage.sessions[0];
        stage.answer(addon, stage.code(addon), stage.here());
        stage.answer_ping();
        auto& again = stage.welcome_at_runtime();
        const auto request = stage.run(again.read_json());
        CHECK_THAT(request, ContainsSubstring("create_objects"));
        CHECK_THAT(request, !ContainsSubstring("its-uuid"));
        stage.run(again.write(test::ok_reply(test::id_of(request), scene)));
        CHECK(stage.finish(call).value().result() == scene);
    }
    SECTION("nobody answers any more: that is not known, and it is not repeated") {
        stage.runtime->stop();
        control.close();
        stage.until([&] { return std::ranges::count(stage.timers.armed(), "guest.wait") == 1; });
        stage.advance(1s);
        const auto answer = stage.finish(call);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().outcome == Outcome::unknown);
        CHECK_THAT(answer.error().message, ContainsSubstring("lost blender-mcpd's runtime"));
        // Another Blender listens: it gets a token of its own.
        const auto old_token = stage.token;
        stage.runtime.emplace(stage.io.get_executor());
        const auto next = stage.call();
        auto& addon = *stage.sessions[0];
        const auto asked = stage.code(addon);
        CHECK(stage.member(asked, "token") != old_token);
        stage.answer(addon, asked, stage.here("two"));
        stage.answer_ping();
        stage.answer_call();
        CHECK(stage.finish(next).value().result() == scene);
        CHECK(stage.peer->name() == "blender-4711-two");
    }
}

TEST_CASE("bootstrapped: no add-on at all is an error, and nothing was done") {
    BootstrapStage stage;
    stage.addon->stop();
    const auto call = stage.call("create_objects", true);
    const auto paused = [&] {
        const auto armed = stage.timers.armed();
        return std::ranges::count(armed, "attached.reconnect") == 1 && armed.size() == 2;
    };
    for (const auto pause : {1s, 2s}) {
        stage.until(paused);
        stage.advance(pause);
    }
    const auto answer = stage.finish(call);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().outcome == Outcome::not_applied);
    CHECK(stage.run(stage.peer->status()).at("state") == "not_running");
}

TEST_CASE("bootstrapped: a caller that gives up does not end the bootstrap, the daemon does") {
    BootstrapStage stage;
    core::CancelSource cancel;
    const auto cancelled = stage.call("get_scene_info", false, cancel.token());
    auto& addon = stage.accept_at_addon();
    const auto question = stage.code(addon);
    cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(cancelled).error().code == ErrorCode::cancelled);
    const auto waiting = stage.call();
    SECTION("it goes on for others") {
        stage.answer(addon, question, stage.here());
        stage.answer_ping();
        stage.answer_call();
        CHECK(stage.finish(waiting).has_value());
    }
    SECTION("close") {
        stage.peer->close();
        CHECK(stage.finish(waiting).error().code == ErrorCode::shutting_down);
        CHECK(stage.finish(stage.call()).error().code == ErrorCode::shutting_down);
    }
}

}  // namespace blender_mcpd::blender
