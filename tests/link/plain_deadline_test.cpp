// When time is up for a plain peer, and what a cancellation does. Time is the test's.
#include "plain_stage.hpp"

using namespace blender_mcpd;
using namespace blender_mcpd::test;

namespace {

constexpr link::ConnectionOptions options{
    .connect_timeout = 5s, .inactivity_timeout = 30s, .transfer_timeout = 100s};

}  // namespace

TEST_CASE("plain: until the first byte the call's own deadline holds") {
    PlainStage stage(options);
    const auto call = stage.call();
    stage.request();
    stage.advance(60s - 1ms);
    CHECK_FALSE(call->done());
    stage.advance(1ms);
    check_error(stage.finish(call), ErrorCode::timeout, Outcome::unknown,
                "Blender did not reply to create_objects within 60 s");
    CHECK_FALSE(stage.connection->usable());
    CHECK(stage.timers.armed().empty());
    stage.run(stage.session->wait_end());
}

TEST_CASE("plain: a query that ran out of time has changed nothing") {
    PlainStage stage(options);
    const auto call = stage.call(PlainStage::query());
    stage.request();
    stage.advance(60s);
    CHECK(stage.finish(call).error().outcome == Outcome::not_applied);
}

TEST_CASE("plain: a reply that keeps coming outlives the inactivity timeout") {
    PlainStage stage(options);
    const auto call = stage.call();
    stage.request();
    stage.advance(59s);
    std::size_t sent = 0;
    for (; sent < 3; ++sent) {
        stage.write(plain_success.substr(sent, 1));
        stage.advance(29s);
        CHECK_FALSE(call->done());
    }
    stage.run(stage.session->write(plain_success.substr(sent)));
    CHECK(stage.finish(call));
    CHECK(stage.timers.armed().empty());
    CHECK(stage.connection->usable());
}

TEST_CASE("plain: silence in the middle of a reply") {
    PlainStage stage(options);
    const auto call = stage.call();
    stage.request();
    stage.write(plain_success.substr(0, 3));
    stage.advance(29s);
    stage.write(plain_success.substr(3, 3));
    stage.advance(30s - 1ms);
    CHECK_FALSE(call->done());
    stage.advance(1ms);
    check_error(stage.finish(call), ErrorCode::timeout, Outcome::unknown,
                "Blender fell silent for 30 s in the middle of a reply");
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("plain: a trickle that never stops ends at the absolute deadline") {
    PlainStage stage(options);
    const auto call = stage.call();
    stage.request();
    for (std::size_t sent = 0; sent < 4; ++sent) {
        CHECK_FALSE(call->done());
        stage.write(plain_success.substr(sent, 1));
        stage.advance(25s);
    }
    check_error(stage.finish(call), ErrorCode::timeout, Outcome::unknown,
                "Blender did not finish sending a reply within 100 s");
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("plain: an idle connection has no deadline, also after a call") {
    PlainStage stage(options);
    CHECK(stage.reply_with(plain_success));
    CHECK(stage.timers.armed().empty());
    stage.advance(24h);
    CHECK(stage.connection->usable());
    CHECK(stage.reply_with(plain_success));
}

TEST_CASE("plain: a peer that does not take the request") {
    PlainStage stage(options);
    auto request = PlainStage::edit();
    request.args = R"({"text":")" + std::string(link::max_plain_request_bytes - 100, 'x') + "\"}";
    const auto call = stage.call(std::move(request));
    stage.settle();
    CHECK_FALSE(call->done());
    SECTION("is given up at the deadline") {
        stage.advance(60s);
        check_error(stage.finish(call), ErrorCode::timeout, Outcome::unknown,
                    "Blender did not take the request create_objects within 60 s");
    }
    SECTION("and resets the connection may have got it") {
        stage.session->reset();
        const auto answer = stage.finish(call);
        CHECK(answer.error().code == ErrorCode::connection);
        CHECK(answer.error().outcome == Outcome::unknown);
        CHECK_THAT(answer.error().message, ContainsSubstring("could not be sent to Blender"));
    }
    SECTION("but then does gets all of it") {
        const auto asked = stage.request();
        CHECK(asked.size() > link::max_plain_request_bytes - 100);
        stage.run(stage.session->write(plain_success));
        CHECK(stage.finish(call));
    }
}

TEST_CASE("plain: cancellation closes the connection") {
    const struct {
        core::CancelReason reason;
        ErrorCode code;
    } table[]{{core::CancelReason::client, ErrorCode::cancelled},
              {core::CancelReason::closed, ErrorCode::cancelled},
              {core::CancelReason::shutdown, ErrorCode::shutting_down}};
    for (const auto& row : table) {
        for (const bool mutates : {true, false}) {
            PlainStage stage;
            core::CancelSource cancel;
            const auto call =
                stage.call(mutates ? PlainStage::edit() : PlainStage::query(), cancel.token());
            stage.request();
            cancel.cancel(row.reason);
            check_error(stage.finish(call), row.code,
                        mutates ? Outcome::unknown : Outcome::not_applied,
                        "create_objects: " + std::string(core::to_string(row.reason)));
            CHECK_FALSE(stage.connection->usable());
            CHECK(stage.timers.armed().empty());
            stage.run(stage.session->wait_end());
        }
    }
}

TEST_CASE("plain: cancelled in the middle of a reply") {
    PlainStage stage;
    core::CancelSource cancel;
    const auto call = stage.call(PlainStage::edit(), cancel.token());
    stage.request();
    stage.write(plain_success.substr(0, 3));
    cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(call).error().outcome == Outcome::unknown);
}

TEST_CASE("plain: cancelled before the call, nothing is sent; after it, nothing happens") {
    PlainStage stage;
    core::CancelSource before;
    before.cancel(core::CancelReason::client);
    const auto answer = stage.finish(stage.call(PlainStage::edit(), before.token()));
    CHECK(answer.error().code == ErrorCode::cancelled);
    CHECK(answer.error().outcome == Outcome::not_applied);
    CHECK(stage.connection->usable());
    CHECK(stage.connection->calls() == 0);

    core::CancelSource after;
    const auto call = stage.call(PlainStage::edit(), after.token());
    stage.request();
    stage.run(stage.session->write(plain_success));
    CHECK(stage.finish(call));
    after.cancel(core::CancelReason::client);
    CHECK(stage.connection->usable());
}
