// Whose Blender is it: one of ours, or the user's with an add-on that we can speak to.
#include "instance_stage.hpp"

#include <support/scripted_peer.hpp>

namespace blender_mcpd::blender {

namespace {

/// Answers every request with an object that says so.
struct Addon {
    explicit Addon(test::Loop& its_loop) : loop(its_loop), peer(loop.io.get_executor()) {
        boost::asio::co_spawn(loop.io, listen(), [](std::exception_ptr) {});
    }
    boost::asio::awaitable<void> listen() {
        for (;;)
            boost::asio::co_spawn(loop.io, serve(co_await peer.accept()),
                                  [](std::exception_ptr) {});
    }
    boost::asio::awaitable<void> serve(test::PeerSession session) {
        for (;;) {
            requests.push_back(co_await session.read_some());
            co_await session.write(R"({"success":true,"data":{"from":"add-on"}})");
        }
    }

    test::Loop& loop;
    test::ScriptedPeer peer;
    std::vector<std::string> requests;
};

}  // namespace

TEST_CASE("add-on: it is used when something listens, and no Blender is started") {
    Stage stage;
    Addon addon(stage.loop);
    stage.options.listener.port = addon.peer.port();
    stage.options.dialect = link::Dialect::seed;
    stage.options.mode = GENERATE(LaunchMode::automatic, LaunchMode::never);

    const auto before = stage.status();
    CHECK(before.at("state") == "ready");
    CHECK(before.at("endpoint").at("dialect") == "seed");
    CHECK(addon.requests.empty());

    CHECK(stage.call_json(operation("echo", R"({"a":1})")).at("from") == "add-on");
    CHECK(addon.requests == std::vector<std::string>{R"({"command":"echo","data":{"a":1}})"});
    CHECK(stage.metrics.value(blenders_started) == 0);

    const auto after = stage.status();
    CHECK(after.at("state") == "ready");
    CHECK(after.at("pool").at("idle") == 1);
    CHECK(after.at("endpoint").at("dialect") == "seed");

    const auto copy = stage.call_on_copy(operation("render"));
    CHECK(copy.error().code == ErrorCode::unavailable);
    CHECK_THAT(copy.error().remedy, ContainsSubstring("blender.launch"));
    addon.peer.stop();
}

TEST_CASE("add-on: a Blender of ours is started where that is wanted") {
    Stage stage;
    Addon addon(stage.loop);
    stage.options.dialect = link::Dialect::seed;
    SECTION("nothing listens") {}
    SECTION("always, whatever listens") {
        stage.options.listener.port = addon.peer.port();
        stage.options.mode = LaunchMode::always;
    }
    CHECK(stage.call_json(operation("echo", R"({"a":1})")).at("a") == 1);
    CHECK(stage.metrics.value(blenders_started) == 1);
    CHECK(addon.requests.empty());
    addon.peer.stop();
}

TEST_CASE("add-on: never, and nothing listens") {
    Stage stage;
    stage.options.dialect = link::Dialect::seed;
    stage.options.mode = LaunchMode::never;
    const auto task = stage.start(operation("echo"));
    stage.loop.drive([&] { return stage.status().at("endpoint").contains("dialect"); });
    const auto status = stage.status();
    CHECK(status.at("state") == "not_running");
    CHECK_THAT(status.at("next_step").get<std::string>(), ContainsSubstring("add-on"));
    task->cancel.cancel(core::CancelReason::client);
    CHECK(stage.finish(task).error().code == ErrorCode::cancelled);
    CHECK(stage.metrics.value(blenders_started) == 0);
}

}  // namespace blender_mcpd::blender
