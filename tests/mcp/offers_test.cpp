// Rules of what a server offers that are tables or numbers, and what a session owes when its parts
// go away in any order.
#include "stage.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::mcp {

namespace {

const std::string modern = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                           R"("io.modelcontextprotocol/clientCapabilities":)"
                           R"({"extensions":{"io.modelcontextprotocol/tasks":{}}}})";

std::string request(const std::string& id, const std::string& method, const std::string& params) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{{{}}}}})", id, method,
                       params);
}

}  // namespace

TEST_CASE("templates match a segment for each variable") {
    using Variables = std::map<std::string, std::string>;
    struct Row {
        std::string uri_template;
        std::string uri;
        std::optional<Variables> variables;
    };
    const std::vector<Row> rows{
        {"a://b", "a://b", Variables{}},
        {"a://b", "a://b/", {}},
        {"a://b", "a://", {}},
        {"a://{x}", "a://one", Variables{{"x", "one"}}},
        {"a://{x}", "a://", {}},
        {"a://{x}", "a://one/two", {}},
        {"a://{x}/{y}", "a://one/two", Variables{{"x", "one"}, {"y", "two"}}},
        {"a://{x}/z", "a://one/z", Variables{{"x", "one"}}},
        {"a://{x}/z", "a://one/zz", {}},
        {"a://{x}/z", "a:///z", {}},
        // Characters that need no encoding may be in a value and in the template.
        {"a://{x}.png", "a://b.c.png", Variables{{"x", "b.c"}}},
        {"a://{x}.png", "a://b.png.gif", {}},
        {"a://{x}.png", "a://.png", {}},
        {"a://{x}.{y}", "a://b.c.d", Variables{{"x", "b.c"}, {"y", "d"}}},
        {"a://{x}-{y}/z", "a://1-2-3/z", Variables{{"x", "1-2"}, {"y", "3"}}},
        {"a://{x}{y}", "a://bc", {}},
        {"a://{x}", "a://%2F%c3%BC", Variables{{"x", "/\xC3\xBC"}}},
        {"a://{x}", "a://%", {}},
        {"a://{x}", "a://%2", {}},
        {"a://{x}", "a://%2G", {}},
        {"a://{x", "a://b", {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.uri_template, row.uri);
        CHECK(match_template(row.uri_template, row.uri) == row.variables);
    }
}

TEST_CASE("at most 100 values complete an argument") {
    Stage stage;
    stage.resources = true;
    const auto complete = [&](const std::string& typed) {
        const auto answer = core::Json::parse(stage.ask(request(
            "1", "completion/complete",
            R"("ref":{"type":"ref/resource","uri":"test://thing/{id}/data"},"argument":{"name":"id","value":")" +
                typed + "\"}")));
        return answer.at("result").at("completion");
    };
    const auto fifty = complete("a");
    CHECK(fifty.at("values").size() == 50);
    CHECK_FALSE(fifty.contains("total"));
    CHECK(fifty.at("hasMore") == false);
    CHECK(complete("aa").at("values").size() == 100);
    CHECK(complete("aa").at("hasMore") == false);
    const auto more = complete("aaa");
    CHECK(more.at("values").size() == 100);
    CHECK(more.at("values").back() == "aaa-99");
    CHECK(more.at("total") == 150);
    CHECK(more.at("hasMore") == true);
}

TEST_CASE("a client has so many subscriptions") {
    Stage stage;
    stage.resources = true;
    SECTION("legacy ones to resources") {
        const auto subscribe = [&](std::size_t n) {
            return stage.ask(request("1", "resources/subscribe",
                                     fmt::format(R"("uri":"test://thing/{}/data")", n)));
        };
        for (std::size_t n = 0; n < 1'024; ++n)
            REQUIRE_THAT(subscribe(n), ContainsSubstring("result"));
        CHECK_THAT(subscribe(1'024), ContainsSubstring("-32603"));
        CHECK_THAT(subscribe(7), ContainsSubstring("result"));  // it has that one
        stage.receive(request("1", "resources/unsubscribe", R"("uri":"test://thing/7/data")"));
        CHECK_THAT(stage.take(), ContainsSubstring("result"));
        CHECK_THAT(subscribe(1'024), ContainsSubstring("result"));
    }
    SECTION("modern ones") {
        const auto listen = [&](std::size_t n) {
            return stage.ask(request(std::to_string(n), "subscriptions/listen",
                                     R"("notifications":{},)" + modern));
        };
        for (std::size_t n = 0; n < 64; ++n)
            REQUIRE_THAT(listen(n), ContainsSubstring("acknowledged"));
        CHECK_THAT(listen(64), ContainsSubstring("-32603"));
        CHECK_THAT(stage.ask(request("64", "server/discover", modern)),
                   ContainsSubstring("result"));
    }
}

TEST_CASE("what a handler still says after its answer is not sent") {
    Stage stage;
    stage.receive(request("1", "logging/setLevel", R"("level":"debug")"));
    stage.receive(request("2", "tools/call", R"("name":"instant","_meta":{"progressToken":1})"));
    REQUIRE(stage.fakes.contexts.size() == 1);
    stage.sent.clear();
    stage.fakes.contexts[0].progress({1, 2, "late"});
    stage.fakes.contexts[0].log(LogLevel::error, "late");
    CHECK(stage.sent.empty());
}

TEST_CASE("receive() says whether somebody waits for an answer") {
    Stage stage;
    CHECK(stage.receive(request("1", "ping", "")));
    CHECK(stage.receive("garbage"));
    CHECK(stage.receive("[]"));
    CHECK_FALSE(stage.receive(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
    CHECK_FALSE(stage.receive(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
    stage.receive(request("1", "initialize", R"("protocolVersion":"2025-03-26")"));
    CHECK(stage.receive("[" + request("1", "ping", "") + "]"));
    CHECK_FALSE(stage.receive(R"([{"jsonrpc":"2.0","method":"notifications/initialized"}])"));
    std::string many = request("1", "ping", "");
    for (int i = 0; i < 99; ++i)
        many += R"(,{"jsonrpc":"2.0","method":"x"})";
    stage.sent.clear();
    CHECK(stage.receive("[" + many + "]"));
    CHECK_THAT(stage.take(), ContainsSubstring("result"));
    CHECK(stage.receive("[" + many + ",1]"));
    CHECK_THAT(stage.take(), ContainsSubstring("1 to 100"));
}

TEST_CASE("a preview tells which session a message belongs to") {
    struct Row {
        std::string message;
        bool initialize;
        bool modern;
        bool request;
        bool object = true;
    };
    const std::vector<Row> rows{
        {request("1", "initialize", ""), true, false, true},
        {request("1", "initialize", modern), false, true, true},
        {request("1", "ping", ""), false, false, true},
        {R"({"jsonrpc":"2.0","id":1,"method":"initialize"})", true, false, true},
        {R"({"jsonrpc":"2.0","method":"initialize"})", false, false, false},
        {R"({"jsonrpc":"2.0","method":"x","params":{)" + modern + "}}", false, true, false},
        {R"({"jsonrpc":"2.0","id":1,"result":{}})", false, false, false},
        {"{}", false, false, false},
        {R"({"jsonrpc":"2.0","id":1,"method":"x")", false, false, false, false},
        {"[" + request("1", "initialize", "") + "]", false, false, false, false},
        {"garbage", false, false, false, false},
        {"", false, false, false, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.message);
        const Incoming message(row.message);
        const auto& seen = message.preview();
        CHECK(seen.object == row.object);
        CHECK(seen.initialize == row.initialize);
        CHECK(seen.modern == row.modern);
        CHECK(seen.request == row.request);
    }
}

namespace {

/// Everything that can wait, waits.
void fill(Stage& stage) {
    stage.tools = {"slow", "deaf", "asking", "work", "work_deaf", "work_asking", "logging_late"};
    stage.receive(request(
        "0", "initialize",
        R"("protocolVersion":"2025-11-25","capabilities":{"elicitation":{},"sampling":{}})"));
    stage.session->attach(stage.client);
    for (const auto* tool : {"slow", "deaf", "asking", "logging_late"})
        stage.receive(request(fmt::format(R"("{}")", tool), "tools/call",
                              fmt::format(R"("name":"{}")", tool)));
    stage.sent.clear();
    for (const auto* tool : {"work", "work_deaf", "work_asking"}) {
        const auto created =
            core::Json::parse(stage.ask(request(fmt::format(R"("{}")", tool), "tools/call",
                                                fmt::format(R"("name":"{}","task":{{}})", tool))));
        stage.receive(
            request(fmt::format(R"("result of {}")", tool), "tasks/result",
                    R"("taskId":)" + core::dump(created.at("result").at("task").at("taskId"))));
        stage.sent.clear();
    }
    stage.receive(request("9", "subscriptions/listen",
                          R"("notifications":{"toolsListChanged":true},)" + modern));
    stage.sent.clear();
    REQUIRE(stage.session->in_flight() == 7);
}

}  // namespace

TEST_CASE("the session may go while everything waits") {
    Stage stage;
    fill(stage);
    SECTION("destroyed") {
        stage.session.reset();
        stage.loop.settle();
    }
    SECTION("closed, then destroyed") {
        stage.session->cancel_all(core::CancelReason::closed);
        stage.loop.settle();
        CHECK(stage.session->in_flight() == 2);  // the deaf
        stage.session.reset();
    }
    SECTION("its client disconnected") {
        stage.session->close(*stage.client);
        stage.loop.settle();
        CHECK(stage.session->in_flight() == 2);
    }
    CHECK(stage.sent.empty());
    stage.loop.advance(std::chrono::minutes(20));
    stage.server->registry().updated("test://text");
    stage.fakes.release("slow");
    stage.fakes.release("deaf");
    stage.gate.set();
    stage.loop.settle();
    CHECK(stage.sent.empty());
    CHECK(stage.metrics.value(calls_in_flight) == 0);
}

TEST_CASE("at shutdown everything is answered, and the tasks end") {
    Stage stage;
    fill(stage);
    stage.session->cancel_all(core::CancelReason::shutdown);
    stage.loop.settle();
    stage.loop.spawn(stage.server->end_tasks());
    stage.fakes.release("deaf");
    stage.gate.set();
    stage.loop.settle();
    CHECK(stage.session->in_flight() == 0);
    CHECK(stage.loop.timers.armed().empty());
    CHECK(stage.metrics.value(calls_in_flight) == 0);
    CHECK(stage.metrics.all()["mcp.tasks_working"] == 0);
    std::size_t answers = 0;
    for (const auto& message : stage.sent)
        answers += core::Json::parse(message).contains("id") ? 1 : 0;
    CHECK(answers == 8);
}

// Whoever does not end in time is left in the loop, which outlives everything else in the daemon.
TEST_CASE("calls that never end may outlive the server") {
    std::vector<std::string> sent;
    {
        test::ManualLoop loop;
        core::Metrics metrics;
        core::Event gate(loop.io.get_executor());
        Server server(loop.timers, metrics, {"test", "", "1", ""}, offered_tools(gate), {});
        Session session(server, server.name_client());
        const auto client =
            test::channel([&](std::string message) { sent.push_back(std::move(message)); });
        session.receive(
            request("1", "initialize",
                    R"("protocolVersion":"2025-11-25","capabilities":{"elicitation":{}})"),
            client);
        for (const auto* tool : {"logging_late", "asking", "work_deaf"})
            session.receive(request(fmt::format(R"("{}")", tool), "tools/call",
                                    fmt::format(R"("name":"{}")", tool)),
                            client);
        session.receive(request("2", "tools/call", R"("name":"work_asking","task":{})"), client);
        loop.settle();
        const auto task = core::Json::parse(sent.back()).at("result").at("task").at("taskId");
        session.receive(request("3", "tasks/result", R"("taskId":)" + core::dump(task)), client);
        loop.settle();
        CHECK(session.in_flight() == 4);
        sent.clear();
    }
    CHECK(sent.empty());
}

}  // namespace blender_mcpd::mcp
