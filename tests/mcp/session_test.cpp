#include "message.hpp"
#include "reply.hpp"
#include "stage.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace blender_mcpd::mcp {

namespace {

std::string call(int id, const std::string& tool) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
           R"(,"method":"tools/call","params":{"name":")" + tool + "\"}}";
}

boost::asio::awaitable<ToolAnswer> note(std::vector<std::string>& clients, CallContext context) {
    clients.push_back(context.client);
    co_return ToolResult{};
}

boost::asio::awaitable<ToolAnswer> tell() {
    auto result = error_result("Too much");
    result.meta = R"("a/b":{"code":"busy"})";
    co_return result;
}

boost::asio::awaitable<void> wait_until_drained(Session& session, bool& drained) {
    co_await session.drained();
    drained = true;
}

}  // namespace

TEST_CASE("drained() returns when no call is in flight") {
    Stage stage;
    stage.start();
    bool drained = false;
    SECTION("at once") {
        stage.loop.spawn(wait_until_drained(*stage.session, drained));
        CHECK(drained);
    }
    SECTION("after the last one, also one that came later") {
        stage.receive(call(1, "slow"));
        bool both = false;
        stage.loop.spawn(wait_until_drained(*stage.session, drained));
        stage.loop.spawn(wait_until_drained(*stage.session, both));
        stage.receive(call(2, "deaf"));
        stage.fakes.release("slow");
        stage.loop.settle();
        CHECK_FALSE(drained);
        stage.fakes.release("deaf");
        stage.loop.settle();
        CHECK(drained);
        CHECK(both);
    }
    SECTION("although the session is gone") {
        stage.receive(call(1, "slow"));
        stage.loop.spawn(wait_until_drained(*stage.session, drained));
        stage.session.reset();
        CHECK_FALSE(drained);
        stage.fakes.release("slow");
        stage.loop.settle();
        CHECK(drained);
    }
}

TEST_CASE("the handler's progress function is never empty") {
    Stage stage;
    stage.receive(call(1, "instant"));
    REQUIRE(stage.fakes.contexts.size() == 1);
    REQUIRE(stage.fakes.contexts[0].progress);
    stage.sent.clear();
    stage.fakes.contexts[0].progress({1, 2, "nobody asked"});
    CHECK(stage.sent.empty());
}

TEST_CASE("a message may hold anything without ending the session") {
    Stage stage;
    stage.start();
    using namespace std::string_literals;
    for (const auto& message :
         {"\0"s, "\xFF\xFE"s, std::string(10'000, '['), std::string(10'000, '{'),
          R"({"jsonrpc":"2.0","id":1,"method":"x","params":)" + std::string(500, '[') + "}",
          "{\"jsonrpc\":\"2.0\",\"id\":\"\xC3\",\"method\":\"ping\"}"s, ""s, " "s}) {
        CAPTURE(message);
        CHECK_THAT(stage.ask(message), ContainsSubstring("\"error\""));
    }
    CHECK_THAT(stage.ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"),
               ContainsSubstring("result"));
}

TEST_CASE("valid JSON that is no object is an invalid request, not a parse error") {
    Stage stage;
    for (const auto* message : {"1", "\"ping\"", "null", " true "}) {
        CAPTURE(message);
        CHECK_THAT(stage.ask(message), ContainsSubstring("-32600"));
    }
}

TEST_CASE("arguments that cannot be read are a result that says why") {
    Stage stage;
    std::string many = "{\"0\":0";
    for (int i = 1; i < 1'000; ++i)
        many += ",\"" + std::to_string(i) + "\":0";
    many += "}";
    const std::vector<std::pair<std::string, std::string>> rows{
        {R"({"a":"\ud83d"})", "invalid JSON"}, {many, "too many members"}};
    for (const auto& [arguments, why] : rows) {
        const auto answer = core::parse_json(stage.ask(
            R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"instant","arguments":)" +
            arguments + "}}"));
        REQUIRE(answer.has_value());
        CHECK(answer->at("result").at("isError") == true);
        CHECK_THAT(answer->at("result").at("content").at(0).at("text").get<std::string>(),
                   ContainsSubstring(why));
    }
    CHECK(stage.fakes.contexts.empty());
}

TEST_CASE("an id has a longest length, so that no answer is long because of it") {
    Stage stage;
    const auto ping = [](std::size_t size) {
        return R"({"jsonrpc":"2.0","id":")" + std::string(size - 2, 'x') + R"(","method":"ping"})";
    };
    CHECK_THAT(stage.ask(ping(1024)), ContainsSubstring("\"result\""));
    CHECK_THAT(stage.ask(ping(1025)), ContainsSubstring("-32600"));
}

TEST_CASE("all calls of a session name one client, and no other session has it") {
    test::ManualLoop loop;
    core::Metrics metrics;
    std::vector<std::string> clients;
    Tool who;
    who.name = "who";
    who.handler = [&](CallContext context, const core::Json&) {
        return note(clients, std::move(context));
    };
    Server server(loop.timers, metrics, {"test", "", "1", ""}, {who}, {});
    Session first(server, server.name_client());
    Session second(server, server.name_client());
    const auto client = test::channel([](const std::string&) {});
    first.receive(call(1, "who"), client);
    second.receive(call(1, "who"), client);
    first.receive(call(2, "who"), client);
    loop.settle();
    REQUIRE(clients.size() == 3);
    CHECK(clients[0] == clients[2]);
    CHECK(clients[0] != clients[1]);
    CHECK_FALSE(clients[0].empty());
}

TEST_CASE("a result may carry members of its own in _meta, in both eras") {
    test::ManualLoop loop;
    core::Metrics metrics;
    std::vector<std::string> sent;
    Tool telling;
    telling.name = "telling";
    telling.handler = [](const CallContext&, const core::Json&) { return tell(); };
    Server server(loop.timers, metrics, {"test", "", "1", ""}, {telling}, {});
    Session session(server, server.name_client());
    const auto client =
        test::channel([&](std::string message) { sent.push_back(std::move(message)); });
    session.receive(call(1, "telling"), client);
    session.receive(
        R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"telling","_meta":{)"
        R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
        R"("io.modelcontextprotocol/clientCapabilities":{}}}})",
        client);
    loop.settle();
    REQUIRE(sent.size() == 2);
    const auto legacy = core::Json::parse(sent[0])["result"]["_meta"];
    CHECK(legacy == core::Json{{"a/b", {{"code", "busy"}}}});
    const auto modern = core::Json::parse(sent[1])["result"]["_meta"];
    CHECK(modern["a/b"]["code"] == "busy");
    CHECK(modern["io.modelcontextprotocol/serverInfo"]["name"] == "test");
}

TEST_CASE("tool calls are counted and timed by tool, and in flight until they are answered") {
    Stage stage;
    stage.receive(call(1, "slow"));
    CHECK(stage.metrics.value(calls_in_flight) == 1);
    CHECK(stage.metrics.value(tool_calls, "slow") == 0);
    stage.loop.advance(std::chrono::milliseconds(250));
    stage.fakes.release("slow");
    stage.loop.settle();
    CHECK(stage.metrics.value(calls_in_flight) == 0);
    CHECK(stage.metrics.value(tool_calls, "slow") == 1);
    CHECK(stage.metrics.all()["mcp.tool_duration_ms{slow}.sum"] == 250);
    stage.receive(call(2, "failing"));
    CHECK(stage.metrics.value(tool_failures, "failing") == 1);
}

TEST_CASE("the session counts") {
    Stage stage;
    stage.receive(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
    stage.receive(call(2, "instant"));
    stage.receive(call(3, "failing"));
    stage.receive(call(4, "throwing"));
    stage.receive(call(5, "unknown"));
    stage.receive("garbage");
    stage.receive(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    CHECK(stage.metrics.value(requests_received) == 5);
    CHECK(stage.metrics.value(tool_calls) == 3);
    CHECK(stage.metrics.value(tool_failures) == 1);
    CHECK(stage.metrics.value(errors_sent) == 3);
}

TEST_CASE("a reply is sent once, and never forgotten") {
    Stage stage;
    stage.start();
    std::vector<std::string> sent;
    const auto client =
        test::channel([&](std::string message) { sent.push_back(std::move(message)); });
    const auto send = std::make_shared<Outlet>(client);
    const Revision revision{"2025-11-25"};
    SECTION("the first answer counts") {
        Reply reply(*stage.server, send, "1", "ping", revision);
        reply.result({});
        reply.result({});
        reply.error({});
        reply.tool_result({});
        CHECK(sent == std::vector<std::string>{R"({"jsonrpc":"2.0","id":1,"result":{}})"});
    }
    SECTION("a forgotten one is an error") {
        { const Reply reply(*stage.server, send, "1", "ping", revision); }
        REQUIRE(sent.size() == 1);
        CHECK_THAT(sent[0], ContainsSubstring("-32603"));
    }
    SECTION("a moved one is answered once, by the new owner") {
        {
            Reply first(*stage.server, send, "1", "ping", revision);
            Reply second(std::move(first));
            CHECK(second.id() == "1");
            second.result({});
        }
        CHECK(sent.size() == 1);
    }
    SECTION("a suppressed one is not answered") {
        {
            Reply reply(*stage.server, send, "1", "ping", revision);
            reply.suppress();
            reply.result({});
        }
        CHECK(sent.empty());
        CHECK(client->abandoned == 1);
    }
}

TEST_CASE("kinds of messages") {
    CHECK(std::holds_alternative<Request>(
        classify(R"({"jsonrpc":"2.0","id":1,"method":"x","params":{}})")));
    CHECK(std::holds_alternative<Notification>(
        classify(R"({"jsonrpc":"2.0","method":"x","params":{}})")));
    CHECK(std::holds_alternative<Response>(classify(R"({"jsonrpc":"2.0","id":1,"result":{}})")));
    CHECK(std::holds_alternative<BadMessage>(classify("[]")));

    const auto message = classify(
        "\r\n {\"params\": { \"a\": 1 } ,\"method\":\"\\u0078\",\"id\" : "
        "\"q\",\"jsonrpc\":\"2.0\"}\r");
    REQUIRE(std::holds_alternative<Request>(message));
    CHECK(std::get<Request>(message).id == "\"q\"");
    CHECK(std::get<Request>(message).method == "x");
    CHECK(std::get<Request>(message).params == "{ \"a\": 1 }");
}

}  // namespace blender_mcpd::mcp
