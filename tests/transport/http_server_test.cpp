// The beginning and the end of a server.
#include "http_stage.hpp"

#include <cerrno>
#include <filesystem>
#include <iterator>

#include <support/captured_log.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

std::ptrdiff_t open_files() {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
}

boost::asio::awaitable<void> note(HttpServer& server, bool& finished) {
    co_await server.finished();
    finished = true;
}

struct Bare {
    test::ManualLoop loop;
    core::Metrics metrics;
    mcp::Server server{loop.timers, metrics, {"test", "", "1", ""}, {}, {}};
};

}  // namespace

TEST_CASE("where a server may listen") {
    Bare bare;
    const auto start = [&](const std::string& host, const std::string& token, std::uint16_t port) {
        HttpOptions options;
        options.host = host;
        options.token = token;
        options.port = port;
        HttpServer server(bare.loop.timers, bare.server, options);
        const auto started = server.start();
        if (started) {
            CHECK(server.port() != 0);
            CHECK_THAT(server.url(), ContainsSubstring(std::to_string(server.port()) + "/mcp"));
        }
        return started;
    };
    CHECK(start("127.0.0.1", "", 0).has_value());
    CHECK(start("localhost", "", 0).has_value());
    CHECK(start("0.0.0.0", std::string(64, 'a'), 0).has_value());
    for (const auto* host : {"0.0.0.0", "::", "192.168.1.2"}) {
        const auto refused = start(host, "", 0);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == core::ErrorCode::invalid);
        CHECK_THAT(refused.error().remedy, ContainsSubstring("http.auth"));
    }
    for (const auto* host : {"", "example.com", "localhost:80", "[::1]", "127.0.0.1/8"})
        CHECK(start(host, "x", 0).error().code == core::ErrorCode::invalid);

    HttpStage stage;
    const auto taken = start("127.0.0.1", "", stage.server->port());
    CHECK(taken.error().code == core::ErrorCode::unavailable);
    CHECK_THAT(taken.error().remedy, ContainsSubstring("--port"));
}

TEST_CASE("stop ends what is idle at once") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto fresh = stage.connect();
    auto used = stage.connect();
    auto begun = stage.connect();
    auto listener = stage.connect();
    stage.send(used, get("/healthz"));
    CHECK(stage.answer(used)->status == 200);
    stage.send(begun, "POST /mcp HTTP");
    stage.send(listener, get_stream(id));
    const auto port = stage.server->port();
    bool finished = false;
    stage.server->stop(core::CancelReason::shutdown);
    stage.server->stop(core::CancelReason::shutdown);
    stage.loop.spawn(note(*stage.server, finished));
    stage.settle();
    CHECK(finished);
    for (auto* client : {&fresh, &used, &begun, &listener})
        CHECK(stage.ended(*client));
    CHECK(stage.answer(listener)->whole);
    CHECK_THROWS(HttpClient(port));
}

TEST_CASE("stop answers the calls that run") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto plain = stage.connect();
    auto stream = stage.connect();
    auto legacy = stage.connect();
    stage.send(plain, modern_call(1, "slow"));
    stage.send(stream, modern_call(2, "chatty"));
    stage.send(legacy, post(call_body(3, "slow"), session_header(id)));
    stage.server->stop(core::CancelReason::shutdown);
    bool finished = false;
    stage.loop.spawn(note(*stage.server, finished));
    for (auto* client : {&plain, &stream, &legacy}) {
        const auto answer = stage.answer(*client);
        REQUIRE(answer.has_value());
        CHECK(answer->whole);
        CHECK_THAT(answer->body, ContainsSubstring("isError"));
        CHECK(stage.ended(*client));
    }
    CHECK(stage.cancelled.size() == 3);
    CHECK(finished);
}

TEST_CASE("stop waits for a call that does not hear it, and for no client that does not read") {
    HttpStage stage;
    auto deaf = stage.connect();
    auto stuck = stage.connect();
    stuck.shrink();
    stage.send(deaf, modern_call(1, "deaf"));
    stage.send(stuck, modern_call(2, "big"));
    stage.server->stop(core::CancelReason::shutdown);
    bool finished = false;
    stage.loop.spawn(note(*stage.server, finished));
    stage.advance(2s);
    CHECK_FALSE(finished);
    stage.gate("deaf").set();
    CHECK_THAT(stage.answer(deaf)->body, ContainsSubstring("released"));
    CHECK_FALSE(finished);
    stage.advance(499ms);
    CHECK_FALSE(finished);
    stage.advance(1ms);
    CHECK(finished);
}

TEST_CASE("a stop in the middle of many requests answers each that was begun") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "slow"));
    stage.send(client, modern(2, "tools/list"));
    stage.server->stop(core::CancelReason::shutdown);
    CHECK(stage.answer(client)->json()["id"] == 1);
    CHECK_FALSE(stage.answer(client).has_value());
    CHECK(stage.ended(client));
}

TEST_CASE("no files are left open") {
    const auto before = open_files();
    {
        HttpStage stage;
        std::vector<HttpClient> clients;
        for (int i = 0; i < 50; ++i) {
            clients.push_back(stage.connect());
            stage.send(clients.back(), i % 2 == 0 ? get("/healthz") : modern_call(i, "slow"));
        }
        for (std::size_t i = 0; i < 25; ++i)
            clients[i].close();
    }
    CHECK(open_files() == before);
}

TEST_CASE("a server that is destroyed unasked leaves nothing") {
    const auto before = open_files();
    {
        Bare bare;
        auto server = std::make_unique<HttpServer>(bare.loop.timers, bare.server, HttpOptions{});
        REQUIRE(server->start().has_value());
        HttpClient client(server->port());
        HttpClient listener(server->port());
        bare.loop.settle();
        client.write(post(initialize_body()));
        listener.write(
            modern(7, "subscriptions/listen", R"("notifications":{"toolsListChanged":true})"));
        bare.loop.settle();
        const bool run_on = GENERATE(true, false);
        server.reset();
        if (run_on) {
            bare.loop.settle();
            CHECK(bare.loop.timers.armed().empty());
        }
    }
    CHECK(open_files() == before);
}

// Not under AddressSanitizer, whose checks need descriptors of their own.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("when no more files may be opened, accepting pauses") {
    const test::CapturedLog log;
    HttpStage stage;
    auto client = stage.connect();
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const int next = ::dup(0);
    REQUIRE(next >= 0);
    ::close(next);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(next);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    client.write(get("/healthz"));
    for (int i = 0; i < 5; ++i)
        stage.advance(100ms);
    client.read();
    CHECK(client.received.empty());
    CHECK(log.count("HTTP: clients must wait") == 1);
    CHECK(stage.loop.timers.armed() == std::vector<std::string>{"accept pause"});
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    stage.advance(100ms);
    const auto answer = stage.answer(client);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
}
#endif

TEST_CASE("the token is in no log") {
    const test::CapturedLog log;
    HttpOptions options;
    options.token = std::string(64, 'a');
    {
        HttpStage stage(options);
        stage.ask(post(initialize_body(), "Authorization: Bearer " + options.token + "\r\n"));
        stage.ask(post(initialize_body(), "Authorization: Bearer " + options.token + "b\r\n"));
        stage.ask(post("{", "Authorization: Bearer " + options.token + "\r\n"));
    }
    CHECK(log.count("aaaa") == 0);
}

}  // namespace blender_mcpd::transport
