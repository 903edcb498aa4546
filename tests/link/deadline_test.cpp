// Every deadline has its own message. Time is the test's.
#include "stage.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

namespace {

constexpr link::ConnectionOptions options{.connect_timeout = 5s,
                                          .inactivity_timeout = 30s,
                                          .transfer_timeout = 100s,
                                          .interrupt_grace = 2s};

link::Request edit() {
    link::Request request;
    request.op = "create_objects";
    request.uuid = "u1";
    request.timeout = 60s;
    return request;
}

void check_timeout(const OpenStage::Answer& answer, const char* message) {
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::timeout);
    CHECK(answer.error().outcome == Outcome::unknown);
    CHECK_THAT(answer.error().message, ContainsSubstring(message));
}

}  // namespace

TEST_CASE("first byte: the call ends after its timeout and the grace") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    stage.run(stage.session->read_json());
    stage.advance(62s - 1ms);
    CHECK_FALSE(call->done());
    stage.advance(1ms);
    check_timeout(stage.finish(call),
                  "did not reply to create_objects within 60 s, and did not interrupt "
                  "it within another 2 s");
    CHECK_FALSE(stage.connection->usable());
    stage.run(stage.session->wait_end());
}

TEST_CASE("first byte: the peer's own deadline error comes in time") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.advance(61s);
    stage.run(
        stage.session->write(error_reply(id, R"({"kind":"deadline","message":"after 60 s"})")));
    const auto error = stage.finish(call).error();
    CHECK(error.code == ErrorCode::timeout);
    CHECK(error.message == "after 60 s");
    CHECK(error.outcome == Outcome::unknown);
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("first byte: a reply that has begun in time is awaited") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    const auto reply = ok_reply(id_of(stage.run(stage.session->read_json())));
    stage.advance(61s);
    stage.run(stage.session->write(reply.substr(0, 3)));
    stage.run(stage.session->delivered());
    stage.advance(20s);
    CHECK_FALSE(call->done());
    stage.run(stage.session->write(reply.substr(3)));
    CHECK(stage.finish(call));
}

TEST_CASE("first byte: progress and control replies are no reply") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    const auto id = id_of(stage.run(stage.session->read_json()));
    const auto event = progress_event(id, 1, 2);
    stage.advance(61s);
    stage.run(stage.session->write(event.substr(0, 3)));
    stage.run(stage.session->delivered());
    stage.advance(10s);
    CHECK_FALSE(call->done());  // may be the reply
    stage.run(stage.session->write(event.substr(3)));
    check_timeout(stage.finish(call), "did not reply to create_objects");
}

TEST_CASE("sending: a peer that does not read is given up") {
    OpenStage stage(options);
    auto request = edit();
    request.args = R"({"text":")" + std::string(std::size_t{30} << 20, 'x') + "\"}";
    const auto call = stage.call(std::move(request));
    stage.advance(62s);
    check_timeout(stage.finish(call), "did not take the request create_objects within 62 s");
}

TEST_CASE("inactivity: silence in the middle of a frame") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    const auto reply = ok_reply(id_of(stage.run(stage.session->read_json())));
    stage.run(stage.session->write(reply.substr(0, 3)));
    stage.run(stage.session->delivered());
    stage.advance(29s);
    stage.run(stage.session->write(reply.substr(3, 10)));
    stage.run(stage.session->delivered());
    stage.advance(29s);
    CHECK_FALSE(call->done());
    stage.advance(1s);
    check_timeout(stage.finish(call), "fell silent for 30 s in the middle of a reply");
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("total: a reply that trickles in for too long") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    const auto reply = ok_reply(id_of(stage.run(stage.session->read_json())));
    for (std::size_t sent = 0; sent < 4; ++sent) {
        CHECK_FALSE(call->done());
        stage.run(stage.session->write(reply.substr(sent, 1)));
        stage.run(stage.session->delivered());
        stage.advance(25s);
    }
    check_timeout(stage.finish(call), "did not finish sending a reply within 100 s");
}

TEST_CASE("an idle connection has no deadline") {
    OpenStage stage(options);
    stage.advance(24h);
    CHECK(stage.timers.armed().empty());
    CHECK(stage.connection->usable());
}

TEST_CASE("control: without a call the connection is closed") {
    OpenStage stage(options);
    const auto ping = stage.start(stage.connection->control("ping", "{}", 3s));
    stage.advance(3s);
    const auto error = stage.finish(ping).error();
    CHECK(error.code == ErrorCode::timeout);
    CHECK(error.outcome == Outcome::not_applied);
    CHECK_THAT(error.message, ContainsSubstring("did not answer ping within 3 s"));
    CHECK_FALSE(stage.connection->usable());
    stage.run(stage.session->wait_end());
}

TEST_CASE("control: a running call goes on, and the late answer is dropped") {
    OpenStage stage(options);
    const auto call = stage.call(edit());
    const auto call_id = id_of(stage.run(stage.session->read_json()));
    const auto ping = stage.start(stage.connection->control("ping", "{}", 3s));
    const auto ping_id = id_of(stage.run(stage.session->read_json()));
    stage.advance(3s);
    CHECK(stage.finish(ping).error().code == ErrorCode::timeout);
    CHECK_FALSE(stage.connection->usable());
    stage.run(stage.session->write(ok_reply(ping_id) + ok_reply(call_id, "7")));
    CHECK(stage.finish(call).value().result() == "7");
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("cancel: the peer is told, and its answer awaited") {
    OpenStage stage(options);
    core::CancelSource cancel;
    const auto call = stage.call(edit(), cancel.token());
    const auto id = id_of(stage.run(stage.session->read_json()));
    cancel.cancel(core::CancelReason::client);
    const auto interrupt = core::parse_json(stage.run(stage.session->read_json())).value();
    CHECK(interrupt["op"] == "interrupt");
    CHECK(interrupt["args"]["uuid"] == "u1");
    CHECK_FALSE(stage.connection->usable());
    stage.advance(1s);
    CHECK_FALSE(call->done());
    stage.run(
        stage.session->write(ok_reply(id_of(interrupt.dump()), R"({"state":"interrupting"})") +
                             error_reply(id, R"({"kind":"interrupted","message":"stopped"})")));
    const auto error = stage.finish(call).error();
    CHECK(error.code == ErrorCode::cancelled);
    CHECK(error.message == "stopped");
    CHECK(error.outcome == Outcome::unknown);
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("cancel: what was still queued has done nothing") {
    OpenStage stage(options);
    core::CancelSource cancel;
    const auto call = stage.call(edit(), cancel.token());
    const auto id = id_of(stage.run(stage.session->read_json()));
    cancel.cancel(core::CancelReason::client);
    stage.run(stage.session->write(error_reply(id, R"({"kind":"not_started"})")));
    const auto error = stage.finish(call).error();
    CHECK(error.code == ErrorCode::cancelled);
    CHECK(error.outcome == Outcome::not_applied);
}

TEST_CASE("cancel: a call that finished first returns its result") {
    OpenStage stage(options);
    core::CancelSource cancel;
    const auto call = stage.call(edit(), cancel.token());
    const auto id = id_of(stage.run(stage.session->read_json()));
    cancel.cancel(core::CancelReason::client);
    stage.run(stage.session->write(ok_reply(id, "5")));
    CHECK(stage.finish(call).value().result() == "5");
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("cancel: a peer that does not answer is left after the grace") {
    const struct {
        core::CancelReason reason;
        ErrorCode code;
    } table[]{{core::CancelReason::client, ErrorCode::cancelled},
              {core::CancelReason::closed, ErrorCode::cancelled},
              {core::CancelReason::shutdown, ErrorCode::shutting_down}};
    for (const auto& row : table) {
        OpenStage stage(options);
        core::CancelSource cancel;
        const auto call = stage.call(edit(), cancel.token());
        const auto ping = stage.start(stage.connection->control("ping", "{}", 60s));
        cancel.cancel(row.reason);
        stage.advance(2s);
        const auto error = stage.finish(call).error();
        CHECK(error.code == row.code);
        CHECK(error.outcome == Outcome::unknown);
        CHECK_THAT(error.message, ContainsSubstring("did not answer the interrupt within 2 s"));
        CHECK(stage.finish(ping).error().code == ErrorCode::connection);
        stage.run(stage.session->wait_end());
    }
}

TEST_CASE("cancel: before the call, nothing is sent and nothing spoiled") {
    OpenStage stage(options);
    core::CancelSource cancel;
    cancel.cancel(core::CancelReason::client);
    const auto error = stage.finish(stage.call(edit(), cancel.token())).error();
    CHECK(error.code == ErrorCode::cancelled);
    CHECK(error.outcome == Outcome::not_applied);
    CHECK(stage.connection->usable());
    CHECK(stage.connection->calls() == 0);
}

TEST_CASE("cancel: after the call, nothing happens") {
    OpenStage stage(options);
    core::CancelSource cancel;
    const auto call = stage.call(edit(), cancel.token());
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(ok_reply(id)));
    CHECK(stage.finish(call));
    cancel.cancel(core::CancelReason::client);
    CHECK(stage.connection->usable());
}

TEST_CASE("cancel: no progress is reported any more") {
    OpenStage stage(options);
    core::CancelSource cancel;
    int seen = 0;
    const auto call = stage.call(edit(), cancel.token(), [&](const link::Progress&) {
        ++seen;
        cancel.cancel(core::CancelReason::client);
    });
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(
        stage.session->write(progress_event(id, 1, 3) + progress_event(id, 2, 3) + ok_reply(id)));
    CHECK(stage.finish(call));
    CHECK(seen == 1);
}
