// Connections: many requests, slow clients, limits, and what goes wrong on the way.
#include "http_stage.hpp"

#include <sstream>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

const std::string health = get("/healthz");

HttpOptions with_metrics() {
    HttpOptions options;
    options.metrics_text = [] { return std::string("a_metric 1\n"); };
    return options;
}

}  // namespace

TEST_CASE("the paths beside MCP") {
    bool ready = false;
    auto options = with_metrics();
    options.ready = [&] { return ready; };
    HttpStage stage(options);
    CHECK(stage.ask(health).status == 200);
    CHECK(stage.ask(get("/healthz?x=1")).body == "ok\n");
    CHECK(stage.ask(get("/readyz")).status == 503);
    ready = true;
    CHECK(stage.ask(get("/readyz")).status == 200);
    const auto metrics = stage.ask(get("/metrics"));
    CHECK(metrics.body == "a_metric 1\n");
    CHECK(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(stage.ask(get("/")).status == 404);
    CHECK(stage.metric(http_requests, "2xx") == 4);
    CHECK(stage.metric(http_requests, "5xx") == 1);
    CHECK(stage.metric(http_requests, "4xx") == 1);
    CHECK(stage.metric(http_refused, "path") == 1);
}

TEST_CASE("a connection serves one request after the other") {
    HttpStage stage;
    auto client = stage.connect();
    for (int i = 0; i < 3; ++i) {
        stage.send(client, health);
        CHECK(stage.answer(client)->header("connection") == "keep-alive");
    }
    stage.send(client, health + get("/readyz") + get("/nothing"));
    CHECK(stage.answer(client)->body == "ok\n");
    CHECK(stage.answer(client)->body == "ready\n");
    CHECK(stage.answer(client)->status == 404);
    CHECK_FALSE(stage.ended(client));
    CHECK(stage.metric(http_connections) == 1);
    client.close();
    stage.settle();
    CHECK(stage.metric(http_connections) == 0);
}

TEST_CASE("a connection ends after the answer when the client wants it") {
    HttpStage stage;
    auto client = stage.connect();
    SECTION("HTTP/1.1") {
        stage.send(client, get("/healthz", "Connection: close\r\n"));
    }
    SECTION("HTTP/1.0") {
        stage.send(client, "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n");
    }
    CHECK(stage.answer(client)->header("connection") == "close");
    CHECK(stage.ended(client));
}

TEST_CASE("clients of HTTP/1.0 get a stream that ends with its connection") {
    HttpStage stage;
    auto client = stage.connect();
    auto request = modern_call(1, "chatty");
    request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
    stage.send(client, request);
    stage.gate("chatty").set();
    CHECK(stage.ended(client));
    const auto answer = stage.answer(client);
    CHECK(answer->header("transfer-encoding").empty());
    CHECK(events_of(answer->body).size() == 3);
}

TEST_CASE("a request that arrives byte by byte is served") {
    HttpStage stage;
    auto client = stage.connect();
    for (const char byte : post(initialize_body()))
        stage.send(client, std::string(1, byte));
    CHECK(stage.answer(client)->status == 200);
}

TEST_CASE("a chunked body is served") {
    HttpStage stage;
    const auto body = initialize_body();
    const auto answer =
        stage.ask("POST /mcp HTTP/1.1\r\nHost: localhost\r\n" + std::string(accept_both) +
                  "Transfer-Encoding: chunked\r\n\r\n1\r\n" + body.substr(0, 1) + "\r\n" +
                  (std::stringstream() << std::hex << body.size() - 1).str() + "\r\n" +
                  body.substr(1) + "\r\n0\r\n\r\n");
    CHECK(answer.status == 200);
}

TEST_CASE("a client that waits for it is told to go on") {
    HttpStage stage;
    auto client = stage.connect();
    const auto request = post(initialize_body(), "Expect: 100-continue\r\n");
    const auto head = request.substr(0, request.find("\r\n\r\n") + 4);
    stage.send(client, head);
    CHECK(stage.answer(client)->status == 100);
    stage.send(client, request.substr(head.size()));
    CHECK(stage.answer(client)->status == 200);

    stage.send(client, request);  // one that does not wait is not told
    CHECK(stage.answer(client)->status == 200);

    auto refused = stage.connect();
    auto evil = head;
    evil.replace(evil.find("localhost"), 9, "evil.com!");
    stage.send(refused, evil);
    CHECK(stage.answer(refused)->status == 403);
}

TEST_CASE("a refused request does not cost the client its answer") {
    HttpOptions options;
    options.max_body_bytes = 1'000;
    HttpStage stage(options);
    auto client = stage.connect();
    SECTION("when the body is too long") {
        stage.send(client, post(std::string(3'000'000, ' ')));
        CHECK(stage.answer(client)->status == 413);
        CHECK(stage.metric(http_refused, "too_large") == 1);
    }
    SECTION("when the body need not be read") {
        auto request = post(std::string(900, ' '));
        request.replace(request.find("/mcp"), 4, "/abc");
        stage.send(client, request.substr(0, request.size() - 100));
        CHECK(stage.answer(client)->status == 404);
        stage.send(client, request.substr(request.size() - 100));
    }
    CHECK(stage.ended(client));  // no more from the server
    CHECK(stage.metric(http_connections) == 1);
    const bool cut_off = GENERATE(true, false);
    if (!cut_off) client.close();
    stage.settle();
    CHECK(stage.metric(http_connections) == (cut_off ? 1 : 0));
    stage.advance(1s);
    CHECK(stage.metric(http_connections) == 0);
}

TEST_CASE("what is no HTTP is told so") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, "hello\r\n\r\n" + health);
    CHECK(stage.answer(client)->status == 400);
    CHECK(stage.ended(client));
    CHECK(client.received.empty());
    CHECK(stage.metric(http_refused, "malformed") == 1);
}

TEST_CASE("what is no HTTP is told so after a HEAD, too") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n");
    stage.settle();
    client.read();
    const auto text = client.received;
    const auto refusal = text.find("400 Bad Request");
    REQUIRE(refusal != std::string::npos);
    CHECK_FALSE(text.substr(refusal).ends_with("\r\n\r\n"));  // it says why
}

TEST_CASE("only whom the token is known to may use MCP") {
    HttpOptions options = with_metrics();
    options.token = std::string(64, 'a');
    HttpStage stage(options);
    const auto bearer = "Authorization: Bearer " + options.token + "\r\n";
    const auto refused = stage.ask(post(initialize_body()));
    CHECK(refused.status == 401);
    CHECK(refused.header("www-authenticate") == "Bearer");
    CHECK(stage.ask(post(initialize_body(), "Authorization: Bearer x\r\n")).status == 401);
    CHECK(stage.ask(post(initialize_body(), bearer)).status == 200);
    CHECK(stage.ask(get("/metrics")).status == 401);
    CHECK(stage.ask(get("/metrics", bearer)).status == 200);
    CHECK(stage.ask(health).status == 200);
    CHECK(stage.metric(http_refused, "token") == 3);
}

TEST_CASE("slow clients are not waited for forever") {
    HttpStage stage;
    auto client = stage.connect();
    SECTION("one that says nothing") {
        stage.settle();
        stage.advance(9'999ms);
        CHECK_FALSE(stage.ended(client));
        stage.advance(1ms);
        CHECK(client.received.empty());
    }
    SECTION("one that begins, and trickles its headers") {
        std::string request = post(initialize_body());
        for (int i = 0; i < 9; ++i) {
            stage.send(client, request.substr(static_cast<std::size_t>(i), 1));
            stage.advance(1s);
        }
        CHECK_FALSE(stage.ended(client));
        stage.advance(1s);
        CHECK(stage.answer(client)->status == 408);
    }
    SECTION("one that stays after a request") {
        stage.send(client, health);
        CHECK(stage.answer(client)->status == 200);
        stage.advance(59'999ms);
        CHECK_FALSE(stage.ended(client));
        SECTION("and says nothing more") {
            stage.advance(1ms);
        }
        SECTION("and begins another, slowly") {
            stage.send(client, "G");
            stage.advance(9'999ms);
            CHECK_FALSE(stage.ended(client));
            stage.advance(1ms);
            CHECK(stage.answer(client)->status == 408);
        }
    }
    SECTION("one that stops in the middle of a body") {
        stage.send(client, post(initialize_body()).substr(0, 200));
        stage.advance(10s);
        CHECK(stage.answer(client)->status == 408);
        CHECK(stage.metric(http_refused, "timeout") == 1);
    }
    SECTION("one that trickles its body") {
        const auto request = post(std::string(1'000, ' '));
        stage.send(client, request.substr(0, request.size() - 1'000));
        for (int i = 0; i < 13; ++i) {
            stage.send(client, " ");
            stage.advance(9s);
        }
        CHECK_FALSE(stage.ended(client));
        stage.send(client, " ");
        stage.advance(9s);
        CHECK(stage.answer(client)->status == 408);
    }
    CHECK(stage.ended(client));
    stage.advance(1s);
    CHECK(stage.metric(http_connections) == 0);
}

TEST_CASE("a call may take as long as it likes") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "slow"));
    for (int i = 0; i < 100; ++i)
        stage.advance(15s);
    stage.gate("slow").set();
    CHECK(stage.answer(client)->whole);
    CHECK(stage.cancelled.empty());
}

TEST_CASE("a client that does not take a long answer is given up") {
    HttpStage stage;
    auto client = stage.connect();
    client.shrink();
    stage.send(client, modern_call(1, "big"));
    // What the system buffers for it is there, no more.
    stage.advance(29'999ms);
    CHECK(stage.metric(http_connections) == 1);
    stage.advance(1ms);
    CHECK(stage.metric(http_connections) == 0);
}

TEST_CASE("a client that takes a long answer slowly is served") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "big"));
    std::optional<Answer> answer;
    for (int i = 0; i < 1'000 && (!answer || !answer->whole); ++i) {
        stage.advance(4s);
        client.read(std::size_t{1} << 20);
        if (client.received.size() > (std::size_t{16} << 20)) answer = take_answer(client);
    }
    REQUIRE(answer.has_value());
    CHECK(answer->whole);
}

TEST_CASE("a client that does not read its stream is disconnected") {
    HttpOptions options;
    options.max_outbox_bytes = std::size_t{4} << 20;
    HttpStage stage(options);
    auto client = stage.connect();
    client.shrink();
    const auto flood = [&] {
        for (int i = 0; i < 100 && stage.metric(http_connections) > 0; ++i) {
            stage.gate("flood").set();
            stage.settle();
        }
    };
    SECTION("a stateless one: its call is cancelled") {
        stage.send(client, modern_call(1, "flood"));
        flood();
        CHECK(stage.metric(http_connections) == 0);
        CHECK(stage.cancelled.size() == 1);
    }
    SECTION("a legacy one: its call goes on, and what is kept of it is bounded") {
        const auto id = stage.initialize();
        stage.send(client, post(call_body(1, "flood"), session_header(id)));
        flood();
        CHECK(stage.metric(http_connections) == 0);
        CHECK(stage.cancelled.empty());
        CHECK(stage.metric(mcp::calls_in_flight) == 1);
        auto again = stage.connect();
        stage.send(again, get_stream(id, "Last-Event-ID: 2-1\r\n"));
        const auto rest = stage.answer(again);
        CHECK(rest->body.size() < (std::size_t{9} << 20));
        stage.ask(delete_session(id));
        CHECK(stage.cancelled.size() == 1);
    }
}

TEST_CASE("there are so many connections and no more") {
    HttpOptions options;
    options.max_connections = 2;
    HttpStage stage(options);
    auto first = stage.connect();
    auto second = stage.connect();
    stage.settle();
    auto third = stage.connect();
    const auto refused = stage.answer(third);
    REQUIRE(refused.has_value());
    CHECK(refused->status == 503);
    CHECK_FALSE(refused->header("retry-after").empty());
    CHECK(stage.ended(third));
    CHECK(stage.metric(http_connections) == 2);
    CHECK(stage.metric(http_refused, "connections") == 1);

    first.close();
    stage.settle();
    CHECK(stage.ask(health).status == 200);

    // Nor are there many that are being refused.
    auto full = stage.connect();
    std::vector<HttpClient> crowd;
    for (int i = 0; i < 40; ++i)
        crowd.push_back(stage.connect());
    stage.settle();
    int silent = 0;
    for (auto& client : crowd)
        if (!stage.answer(client) && stage.ended(client)) ++silent;
    CHECK(silent > 0);
    CHECK(stage.metric(http_refused, "connections") == 41);
    stage.advance(1s);
    CHECK(stage.metric(http_connections) == 2);
}

}  // namespace blender_mcpd::transport
