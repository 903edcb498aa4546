// Commands that go through the add-on to a runtime which is there, and how each ends.
#include "carried.hpp"

#include "bootstrap_stage.hpp"

namespace blender_mcpd::blender {
namespace {

constexpr auto applied = R"({"state":"applied","reply":{"ok":true,"gen":5,"result":{"n":1}}})";

struct CarriedStage : BootstrapStage {
    /// The add-on has let the runtime in, which nobody reaches.
    Task<Answer> call_beyond_reach(bool mutates = true, core::CancelToken cancel = {}) {
        const auto task = call("create_objects", mutates, std::move(cancel));
        const auto told = here();
        runtime.reset();
        auto& session = accept_at_addon();
        answer(session, code(session), told);
        return task;
    }
    PeerSession& addon_session() { return *sessions.front(); }

    static std::string mark_of(const std::string& code) {
        const auto end = code.rfind("\")\n");
        const auto begin = code.rfind("null", end) + 4;
        return code.substr(begin, end - begin);
    }
    void say(PeerSession& session, const std::string& asked, const std::string& told) {
        const auto mark = mark_of(asked);
        run(session.write(core::Json{
            {"status", "success"},
            {"result", {{"executed", true}, {"result", "noise\n" + mark + told + mark + "\n"}}}}
                              .dump()));
    }
};

}  // namespace

TEST_CASE("carried: a command goes through the add-on where the runtime's port leads nowhere") {
    CarriedStage stage;
    const auto call = stage.call_beyond_reach();
    const auto asked = stage.code(stage.addon_session());
    CHECK_THAT(asked, ContainsSubstring("guest.carry("));
    CHECK_THAT(asked, ContainsSubstring("create_objects"));
    CHECK_THAT(asked, ContainsSubstring("its-uuid"));
    stage.say(stage.addon_session(), asked, std::string(applied) + "\nYmxvYg==");
    const auto reply = stage.finish(call);
    REQUIRE(reply.has_value());
    CHECK(reply->result() == R"({"n":1})");
    CHECK(reply->blob() == "blob");
    CHECK_FALSE(reply->generation().has_value());  // nobody can ask for it

    const auto endpoint = stage.endpoint();
    CHECK(endpoint.at("carrier") == "ahujasid");
    CHECK_THAT(endpoint.at("bootstrap").get<std::string>(),
               ContainsSubstring("calls go through the add-on: The runtime in Blender cannot be"));
}

TEST_CASE("carried: what the runtime refuses is the error of the call") {
    CarriedStage stage;
    const auto call = stage.call_beyond_reach();
    const auto asked = stage.code(stage.addon_session());
    stage.say(
        stage.addon_session(), asked,
        R"({"state":"failed","reply":{"ok":false,"error":{"kind":"not_found","message":"No Cube"}}})"
        "\n");
    const auto reply = stage.finish(call);
    REQUIRE_FALSE(reply.has_value());
    CHECK(reply.error().code == ErrorCode::not_found);
    CHECK_THAT(reply.error().message, ContainsSubstring("No Cube"));
}

TEST_CASE("carried: a command whose answer is lost is looked up in the journal") {
    CarriedStage stage;
    const auto call = stage.call_beyond_reach();
    (void)stage.code(stage.addon_session());
    stage.addon_session().close();
    auto& session = stage.accept_at_addon();
    const auto asked = stage.code(session);
    CHECK_THAT(asked, ContainsSubstring(R"(\"op\":\"outcome\")"));
    CHECK_THAT(asked, ContainsSubstring("its-uuid"));
    SECTION("applied") {
        stage.say(session, asked, std::string(applied) + "\n");
        CHECK(stage.finish(call).value().result() == R"({"n":1})");
    }
    SECTION("it has never come, and never will") {
        stage.say(session, asked, "{\"state\":\"never_seen\"}\n");
        CHECK(stage.finish(call).error().outcome == Outcome::not_applied);
    }
    SECTION("it still runs") {
        stage.say(session, asked, "{\"state\":\"running\"}\n");
        CHECK(stage.finish(call).error().outcome == Outcome::unknown);
    }
    SECTION("nobody answers") {
        session.close();
        CHECK(stage.finish(call).error().outcome == Outcome::unknown);
    }
}

TEST_CASE("carried: a runtime that is gone is brought in again, and the command is done once") {
    CarriedStage stage;
    const auto call = stage.call_beyond_reach();
    auto& addon = stage.addon_session();
    stage.say(addon, stage.code(addon), "null");
    stage.runtime.emplace(stage.io.get_executor());
    stage.answer(addon, stage.code(addon), stage.here("two"));
    stage.answer_ping();
    stage.answer_call();
    CHECK(stage.finish(call).value().result() == scene);
}

TEST_CASE("carried: in a Blender without a window it is cancelled through the runtime's port") {
    CarriedStage stage;
    core::CancelSource cancel;
    const auto call = stage.call("execute_blender_code", true, cancel.token());
    auto& addon = stage.accept_at_addon();
    auto told = core::Json::parse(stage.here());
    told["background"] = true;
    stage.answer(addon, stage.code(addon), told.dump());
    stage.answer_ping();
    auto& control = *stage.sessions.back();
    const auto asked = stage.code(addon);
    cancel.cancel(core::CancelReason::client);
    const auto interrupt = stage.run(control.read_json());
    CHECK_THAT(interrupt, ContainsSubstring(R"("op":"interrupt")"));
    CHECK_THAT(interrupt, ContainsSubstring("its-uuid"));
    stage.run(control.write(test::ok_reply(test::id_of(interrupt))));
    stage.say(
        addon, asked,
        R"({"state":"failed","reply":{"ok":false,"error":{"kind":"interrupted","message":"Interrupted"}}})"
        "\n");
    CHECK(stage.finish(call).error().code == ErrorCode::cancelled);
    CHECK(stage.peer->name() == "blender-4711-one");
}

TEST_CASE("carried: what is too large for the add-on is refused") {
    CarriedStage stage;
    link::Request request;
    request.op = "execute_blender_code";
    request.args = R"({"code":")" + std::string(Carried::max_code_bytes, 'x') + "\"}";
    const auto call = stage.start(stage.peer->call(std::move(request), {}, {}));
    const auto told = stage.here();
    stage.runtime.reset();
    auto& addon = stage.accept_at_addon();
    stage.answer(addon, stage.code(addon), told);
    const auto reply = stage.finish(call);
    CHECK(reply.error().code == ErrorCode::invalid);
    CHECK(reply.error().outcome == Outcome::not_applied);
    CHECK_THAT(reply.error().message, ContainsSubstring("too large for the add-on"));
}

}  // namespace blender_mcpd::blender
