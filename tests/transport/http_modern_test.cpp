// The stateless era (2026-07-28) over HTTP: status codes, streams, and the end of a connection as
// the cancellation of its call.
#include "http_stage.hpp"

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

TEST_CASE("stateless requests need no session and begin none") {
    HttpStage stage;
    const auto answer = stage.ask(modern(
        1, "tools/list", "",
        session_header("whatever") + "Last-Event-ID: 3-1\r\nOrigin: http://localhost:3000\r\n"));
    CHECK(answer.status == 200);
    CHECK(answer.header("content-type") == "application/json");
    CHECK(answer.header("mcp-session-id").empty());
    CHECK(answer.json()["result"]["resultType"] == "complete");
    CHECK(stage.metric(http_sessions) == 0);
}

TEST_CASE("stateless requests and their status codes") {
    HttpStage stage;
    const std::string version = "MCP-Protocol-Version: 2026-07-28\r\n";
    const auto plain = [](const std::string& method) {
        return R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"("})";
    };
    const auto claim = [](const std::string& claimed) {
        return R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{)"
               R"("io.modelcontextprotocol/protocolVersion":")" +
               claimed + R"(","io.modelcontextprotocol/clientCapabilities":{}}}})";
    };
    struct Row {
        std::string name;
        std::string request;
        int status;
        std::string contains;
    };
    const std::vector<Row> rows{
        {"discover", modern(1, "server/discover"), 200, "supportedVersions"},
        {"an unknown method", modern(1, "x"), 404, "-32601"},
        {"a method of the other era", modern(1, "ping"), 404, "-32601"},
        {"a header without the claim", post(plain("tools/list"), version), 400, "-32602"},
        {"initialize with the header", post(plain("initialize"), version), 400, "-32020"},
        {"the claim without the headers", post(claim("2026-07-28")), 400, "-32020"},
        {"a claim that differs from the header", post(claim("v999.0.0"), version), 400, "-32020"},
        {"a version that nobody speaks",
         post(claim("v999.0.0"), "MCP-Protocol-Version: v999.0.0\r\n"), 400, "-32022"},
        {"another method in the header",
         post(claim("2026-07-28"), version + "Mcp-Method: tools/call\r\n"), 400, "-32020"},
        {"another name in the header",
         modern(1, "tools/call", R"("name":"slow")", "Mcp-Name: deaf\r\n"), 400, "-32020"},
        {"white space around a value",
         post(claim("2026-07-28"), version + "mcp-METHOD: \t tools/list \r\n"), 200, "result"},
        {"no JSON", post("{", version), 400, "-32700"},
        {"an error of the method", modern_call(1, "unknown"), 200, "-32602"},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        const auto answer = stage.ask(row.request);
        CHECK(answer.status == row.status);
        CHECK_THAT(answer.body, ContainsSubstring(row.contains));
    }
}

TEST_CASE("stateless clients may only post") {
    HttpStage stage;
    const auto id = stage.initialize();
    const std::string headers =
        session_header(id) + "MCP-Protocol-Version: 2026-07-28\r\nAccept: text/event-stream\r\n";
    for (const std::string method : {"GET", "DELETE"}) {
        const auto answer =
            stage.ask(method + " /mcp HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
        CHECK(answer.status == 405);
        CHECK(answer.header("allow") == "POST");
    }
    CHECK(stage.metric(http_sessions) == 1);
}

TEST_CASE("a stateless call that reports progress is answered by a stream without ids") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "chatty"));
    const auto begun = stage.answer(client);
    REQUIRE(begun.has_value());
    CHECK(begun->header("content-type") == "text/event-stream");
    CHECK(begun->header("x-accel-buffering") == "no");
    stage.gate("chatty").set();
    const auto all = stage.answer(client);
    CHECK(all->whole);
    const auto events = events_of(all->body);
    REQUIRE(events.size() == 3);
    for (const auto& event : events)
        CHECK(event.id.empty());
    CHECK_THAT(events[2].data, ContainsSubstring("released"));
}

TEST_CASE("a stateless call whose client goes away is cancelled") {
    HttpStage stage;
    auto client = stage.connect();
    const auto* tool = GENERATE("slow", "chatty");
    stage.send(client, modern_call(1, tool));
    CHECK(stage.metric(mcp::calls_in_flight) == 1);
    SECTION("by closing") {
        client.close();
    }
    SECTION("by a reset") {
        client.reset();
    }
    SECTION("with another request already sent") {
        stage.send(client, modern(2, "tools/list"));
        client.close();
    }
    stage.settle();
    CHECK(stage.cancelled ==
          std::vector<std::string>{std::string(to_string(core::CancelReason::closed))});
    CHECK(stage.metric(mcp::calls_in_flight) == 0);
}

TEST_CASE("what a client sends while its call runs is kept") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "slow"));
    stage.send(client, modern(2, "tools/list") + modern(3, "server/discover").substr(0, 50));
    CHECK(stage.cancelled.empty());
    CHECK_FALSE(stage.answer(client).has_value());
    stage.gate("slow").set();
    CHECK(stage.answer(client)->json()["id"] == 1);
    CHECK(stage.answer(client)->json()["id"] == 2);
    stage.send(client, modern(3, "server/discover").substr(50));
    CHECK(stage.answer(client)->json()["id"] == 3);
}

TEST_CASE("more than a little is not read while a call runs, and not lost either") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "slow"));
    const auto many = [&] {
        std::string text;
        while (text.size() < 300'000)
            text += modern(2, "tools/list");
        return text;
    }();
    std::size_t sent = client.write(many);
    stage.settle();
    stage.gate("slow").set();
    std::size_t answers = 0;
    while (sent < many.size() || answers == 0) {
        sent += client.write(std::string_view(many).substr(sent));
        while (stage.answer(client))
            ++answers;
    }
    while (stage.answer(client))
        ++answers;
    CHECK(answers == 1 + many.size() / modern(2, "tools/list").size());
}

TEST_CASE("a silent stateless call is kept alive by comments") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client, modern_call(1, "slow"));
    stage.advance(14s);
    CHECK_FALSE(stage.answer(client).has_value());
    stage.advance(1s);
    stage.advance(15s);
    const auto events = events_of(stage.answer(client)->body);
    REQUIRE(events.size() == 2);
    CHECK(events[0].comment);
    stage.gate("slow").set();
    const auto all = events_of(stage.answer(client)->body);
    CHECK_THAT(all.back().data, ContainsSubstring("released"));
}

TEST_CASE("a subscription is a long answer") {
    HttpStage stage;
    auto client = stage.connect();
    stage.send(client,
               modern(7, "subscriptions/listen", R"("notifications":{"toolsListChanged":true})"));
    const auto begun = stage.answer(client);
    REQUIRE(begun.has_value());
    CHECK_THAT(events_of(begun->body).at(0).data, ContainsSubstring("acknowledged"));
    stage.mcp_server->registry().remove_tool("big");
    CHECK_THAT(events_of(stage.answer(client)->body).at(1).data,
               ContainsSubstring("tools/list_changed"));
    SECTION("until the client goes") {
        client.close();
        stage.settle();
        stage.mcp_server->registry().remove_tool("deaf");
    }
    SECTION("until the server goes") {
        stage.server->stop(core::CancelReason::shutdown);
        const auto all = stage.answer(client);
        CHECK(all->whole);
        CHECK_THAT(events_of(all->body).back().data, ContainsSubstring("\"id\":7"));
    }
}

TEST_CASE("a connection is one stateless client") {
    HttpStage stage;
    stage.gate("slow").set();
    auto one = stage.connect();
    auto other = stage.connect();
    for (auto* client : {&one, &other, &one}) {
        stage.send(*client, modern_call(1, "slow"));
        CHECK(stage.answer(*client)->status == 200);
    }
    REQUIRE(stage.clients.size() == 3);
    CHECK(stage.clients[0] == stage.clients[2]);
    CHECK(stage.clients[0] != stage.clients[1]);
}

}  // namespace blender_mcpd::transport
