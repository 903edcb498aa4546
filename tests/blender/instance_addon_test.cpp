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
            if (sessions_end) co_return;
            co_await session.write(R"({"success":true,"data":{"from":"add-on"}})");
        }
    }

    test::Loop& loop;
    test::ScriptedPeer peer;
    std::vector<std::string> requests;
    bool sessions_end = false;  // at the next request
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
    CHECK(after.at("endpoint").at("carrier") == "seed");
    CHECK_THAT(after.at("endpoint").at("bootstrap").get<std::string>(),
               ContainsSubstring("one of this kind"));

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

namespace {

/// Says the same to everybody who says something, or to everybody at once; nothing when it is
/// empty.
struct Listener {
    Listener(test::Loop& its_loop, std::string its_words, std::uint16_t port = 0)
        : loop(its_loop),
          words(std::move(its_words)),
          peer(loop.io.get_executor(), "127.0.0.1", port) {
        boost::asio::co_spawn(loop.io, listen(), [](std::exception_ptr) {});
    }
    ~Listener() {
        peer.stop();
        loop.settle();
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    boost::asio::awaitable<void> listen() {
        for (;;) {
            auto session = co_await peer.accept();
            boost::asio::co_spawn(loop.io, serve(std::move(session)), [](std::exception_ptr) {});
        }
    }
    boost::asio::awaitable<void> serve(test::PeerSession session) {
        for (;;) {
            co_await session.read_some();
            if (words.empty()) continue;
            auto copy = words;
            co_await session.write(std::move(copy));
        }
    }

    test::Loop& loop;
    std::string words;
    test::ScriptedPeer peer;
};

const std::string http = "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n";

}  // namespace

TEST_CASE("add-on: what it speaks is found out") {
    Stage stage;
    Addon addon(stage.loop);
    stage.options.listener.port = addon.peer.port();
    stage.options.detect = true;
    stage.options.mode = GENERATE(LaunchMode::automatic, LaunchMode::never);

    const auto before = stage.status();
    CHECK(before.at("state") == "ready");
    CHECK(before.at("endpoint").at("family") == "seed");
    CHECK_THAT(before.at("message").get<std::string>(),
               ContainsSubstring("an add-on of the seed dialect"));
    CHECK(stage.call_json(operation("echo", R"({"a":1})")).at("from") == "add-on");
    CHECK(addon.requests.back() == R"({"command":"echo","data":{"a":1}})");
    const auto looks = addon.requests.size();
    stage.call_json(operation("echo"));
    CHECK(addon.requests.size() == looks + 1);  // not looked at again
    CHECK(stage.status().at("endpoint").at("family") == "seed");
    CHECK(stage.metrics.value(blenders_started) == 0);
    addon.peer.stop();
}

TEST_CASE("add-on: a server that is none does not keep a Blender from being started") {
    Stage stage;
    const Listener server(stage.loop, http);
    stage.options.listener.port = server.peer.port();
    stage.options.detect = true;
    const auto before = stage.status();
    CHECK(before.at("state") == "not_running");
    CHECK_THAT(before.at("message").get<std::string>(),
               ContainsSubstring("an HTTP server (nginx)"));
    CHECK(stage.call_json(operation("echo", R"({"a":1})")).at("a") == 1);
    CHECK(stage.metrics.value(blenders_started) == 1);
    CHECK(stage.status().at("endpoint").at("family") == "http");
}

TEST_CASE("add-on: what cannot be used is an error that says what it is, and what to do") {
    Stage stage;
    stage.options.detect = true;
    std::string words;
    const char* cause = "";
    const char* remedy = "";
    SECTION("never, and a server that is no add-on") {
        stage.options.mode = LaunchMode::never;
        words = http;
        cause = "an HTTP server (nginx)";
        remedy = "blender.port";
    }
    SECTION("an add-on of a kind that is not known") {
        words = "{\"jsonrpc\":\"2.0\"}\n";
        cause = "JSON of an unknown kind";
        remedy = "blender.launch = \"always\"";
    }
    SECTION("one that says nothing") {
        cause = "answers nothing";
        remedy = "Look at Blender";
    }
    const Listener listener(stage.loop, words);
    stage.options.listener.port = listener.peer.port();
    const auto failed = stage.call(operation("echo"));
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == ErrorCode::unavailable);
    CHECK_THAT(failed.error().message,
               ContainsSubstring(std::to_string(listener.peer.port())) && ContainsSubstring(cause));
    CHECK_THAT(failed.error().remedy, ContainsSubstring(remedy));
    CHECK(stage.metrics.value(blenders_started) == 0);
    const auto status = stage.status();
    CHECK(status.at("state") == "foreign_service");
    CHECK_THAT(status.at("message").get<std::string>(), ContainsSubstring(cause));
    CHECK_THAT(status.at("next_step").get<std::string>(), ContainsSubstring(remedy));
}

TEST_CASE("add-on: another one in its place is noticed, its absence is borne") {
    Stage stage;
    stage.options.detect = true;
    auto addon = std::make_unique<Addon>(stage.loop);
    const auto port = stage.options.listener.port = addon->peer.port();
    CHECK(stage.call_json(operation("echo")).at("from") == "add-on");
    addon->peer.stop();
    addon->sessions_end = true;
    SECTION("nobody") {
        CHECK_FALSE(stage.call(operation("echo")).has_value());
        // It may come back: no Blender of ours is started in its place.
        CHECK(stage.call(operation("echo")).error().code == ErrorCode::connection);
        CHECK(stage.metrics.value(blenders_started) == 0);
        CHECK(stage.status().at("state") == "not_running");
        const Listener again(stage.loop, R"({"success":true,"data":{"from":"again"}})", port);
        CHECK(stage.call_json(operation("echo")).at("from") == "again");
    }
    SECTION("one of another family") {
        const Listener other(stage.loop, R"({"status":"success","result":{"name":"S"}})", port);
        CHECK_FALSE(stage.call(operation("echo")).has_value());
        stage.call(operation("get_scene_info"));
        CHECK(stage.status().at("endpoint").at("family") == "ahujasid");
    }
    SECTION("what is no add-on") {
        const Listener other(stage.loop, http, port);
        CHECK_FALSE(stage.call(operation("echo")).has_value());
        CHECK_THAT(stage.call(operation("echo")).error().message,
                   ContainsSubstring("an HTTP server"));
        CHECK(stage.metrics.value(blenders_started) == 0);
    }
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
