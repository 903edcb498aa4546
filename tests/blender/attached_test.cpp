// The user's Blender through its add-on: connecting again, and never asking twice. Time is the
// test's.
#include "attached.hpp"

#include <algorithm>

#include <link/plain_stage.hpp>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;
using core::ErrorCode;
using core::Outcome;
using test::PeerSession;
using test::Task;
using Answer = core::Result<link::Reply>;

namespace {

struct AddonStage : test::Stage {
    core::Metrics metrics;
    AddonStage() {
        peer.emplace(io.get_executor());
        port = peer->port();
        attached = std::make_shared<Attached>(timers, metrics, link::Endpoint{"127.0.0.1", port},
                                              link::Dialect::seed, link::PoolOptions{.max = 1},
                                              link::ConnectionOptions{});
    }
    ~AddonStage() {
        attached->close();
        attached.reset();
        session.reset();
        peer.reset();
        until_quiet();
    }
    AddonStage(const AddonStage&) = delete;
    AddonStage& operator=(const AddonStage&) = delete;

    Task<Answer> call(core::CancelToken cancel = {}) {
        link::Request request;
        request.op = "create_objects";
        return start(attached->call(std::move(request), std::move(cancel), {}));
    }
    void accept() { session.emplace(run(peer->accept())); }
    std::string request() { return run(test::read_request(*session)); }
    void stop_listening() { peer.reset(); }
    void listen() { peer.emplace(io.get_executor(), "127.0.0.1", port); }

    /// Whether the pause between two connects is on. The pool's own timer is armed beside it.
    [[nodiscard]] bool paused() const {
        const auto armed = timers.armed();
        return std::ranges::count(armed, "attached.reconnect") == 1;
    }
    /// Lets the connect that is under way be refused.
    void until_paused() {
        until([&] { return paused() && timers.armed().size() == 2; });
    }

    std::optional<test::ScriptedPeer> peer;
    std::optional<PeerSession> session;
    std::uint16_t port = 0;
    std::shared_ptr<Attached> attached;
};

}  // namespace

TEST_CASE("attached: a connect that is refused is tried three times, with pauses that double") {
    AddonStage stage;
    stage.stop_listening();
    const auto call = stage.call();
    stage.until_paused();
    stage.advance(1s - 1ms);
    CHECK(stage.paused());
    stage.advance(1ms);
    stage.until_paused();
    stage.advance(2s - 1ms);
    CHECK(stage.paused());
    CHECK_FALSE(call->done());
    stage.advance(1ms);
    const auto answer = stage.finish(call);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().outcome == Outcome::not_applied);
    CHECK_THAT(answer.error().message, ContainsSubstring("Failed to establish connection to "
                                                         "127.0.0.1:"));
    CHECK(stage.run(stage.attached->status()).at("state") == "not_running");
}

TEST_CASE("attached: an add-on that comes back meanwhile is used") {
    AddonStage stage;
    stage.stop_listening();
    const auto call = stage.call();
    stage.until_paused();
    stage.listen();
    stage.advance(1s);
    stage.accept();
    CHECK(stage.request() == R"({"command":"create_objects"})");
    stage.run(stage.session->write(R"({"success":true,"data":{"a":1}})"));
    CHECK(stage.finish(call).value().result() == R"({"a":1})");
}

TEST_CASE("attached: a pause ends when the client cancels, and when the daemon ends") {
    AddonStage stage;
    stage.stop_listening();
    core::CancelSource cancel;
    const auto cancelled = stage.call(cancel.token());
    stage.until_paused();
    cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(cancelled).error().code == ErrorCode::cancelled);

    const auto ended = stage.call();
    stage.until_paused();
    stage.attached->close();
    CHECK(stage.finish(ended).error().code == ErrorCode::shutting_down);
}

TEST_CASE("attached: what was sent is never sent again") {
    AddonStage stage;
    const auto call = stage.call();
    stage.accept();
    stage.request();
    stage.session->close();
    const auto answer = stage.finish(call);
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().outcome == Outcome::unknown);
    stage.advance(1h);
    const auto next = stage.call();  // the next connection carries only the next call
    stage.accept();
    CHECK(stage.request() == R"({"command":"create_objects"})");
    stage.run(stage.session->write(R"({"success":true})"));
    CHECK(stage.finish(next).has_value());
}

TEST_CASE("attached: an add-on that closes after each reply, and one that was restarted") {
    AddonStage stage;
    for (int round = 0; round < 3; ++round) {
        const auto call = stage.call();
        stage.accept();
        stage.request();
        stage.run(stage.session->write(R"({"success":true})"));
        stage.session->close();
        CHECK(stage.finish(call).has_value());
    }
}

TEST_CASE("attached: a cancelled call closes its connection and frees the way for the next") {
    AddonStage stage;
    core::CancelSource cancel;
    const auto call = stage.call(cancel.token());
    stage.accept();
    stage.request();
    const auto next = stage.call();
    CHECK(stage.run(stage.attached->status()).at("state") == "busy");
    cancel.cancel(core::CancelReason::client);
    const auto answer = stage.finish(call);
    CHECK(answer.error().code == ErrorCode::cancelled);
    CHECK(answer.error().outcome == Outcome::unknown);
    stage.accept();
    stage.request();
    stage.run(stage.session->write(R"({"success":true})"));
    CHECK(stage.finish(next).has_value());
}

TEST_CASE("attached: close ends a call, and the status says what there is") {
    AddonStage stage;
    const auto call = stage.call();
    stage.accept();
    stage.request();
    const auto status = stage.run(stage.attached->status());
    CHECK(status.at("endpoint").at("dialect") == "seed");
    CHECK(status.at("endpoint").at("port") == stage.port);
    CHECK(status.at("endpoint").at("listening") == true);
    CHECK(status.at("pool").at("active") == 1);
    CHECK(stage.attached->snapshot_folder().error().code == ErrorCode::unavailable);
    stage.attached->close();
    const auto answer = stage.finish(call);
    CHECK(answer.error().code == ErrorCode::shutting_down);
    CHECK(answer.error().outcome == Outcome::unknown);
}

}  // namespace blender_mcpd::blender
