// Calls whose result is known before they begin.
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <support/catch.hpp>
#include <support/function_channel.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::mcp {
namespace {

/// A session with one tool, which knows the result of a call with the arguments {"known":true}.
struct Stage {
    Stage() {
        Tool tool;
        tool.name = "look";
        tool.task_support = TaskSupport::optional;
        tool.handler = [this](const CallContext&, const core::Json&) { return work(*this); };
        tool.recall = [this](const std::string& caller,
                             std::string_view arguments) -> std::optional<ToolResult> {
            asked_by = caller;
            if (arguments != R"({"known":true})") return {};
            return ToolResult{.structured = R"({"from":"memory"})", .content = {}};
        };
        server.emplace(loop.timers, metrics, Implementation{"test", "", "1", ""},
                       std::vector<Tool>{tool}, ServerLimits{});
        session = std::make_unique<Session>(*server, "client-7");
    }
    static boost::asio::awaitable<ToolAnswer> work(Stage& stage) {
        ++stage.worked;
        co_return ToolResult{.structured = R"({"from":"work"})", .content = {}};
    }

    /// Without a turn of the loop.
    void call(const std::string& arguments, const std::string& more = "") {
        session->receive(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look",)"
                         R"("arguments":)" +
                             arguments + more + "}}",
                         client);
    }
    void initialize(const std::string& version) {
        session->receive(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":)"
                         R"({"protocolVersion":")" +
                             version +
                             R"(","capabilities":{},"clientInfo":{"name":"c","version":"1"}}})",
                         client);
        sent.clear();
    }
    std::string source() const {
        const auto message = core::Json::parse(sent.at(0));
        return message["result"]["structuredContent"]["from"].get<std::string>();
    }

    test::ManualLoop loop;
    core::Metrics metrics;
    std::vector<std::string> sent;
    std::shared_ptr<test::FunctionChannel> client =
        test::channel([this](std::string message) { sent.push_back(std::move(message)); });
    std::string asked_by;
    int worked = 0;
    std::optional<Server> server;
    std::unique_ptr<Session> session;
};

constexpr auto modern = R"(,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                        R"("io.modelcontextprotocol/clientCapabilities":{},)"
                        R"("io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"}})";

}  // namespace

TEST_CASE("what is known is answered at once, and counted as a call") {
    Stage stage;
    stage.initialize("2025-11-25");
    stage.call(R"({"known":true})");
    REQUIRE(stage.sent.size() == 1);
    CHECK(stage.source() == "memory");
    CHECK(stage.asked_by == "client-7");
    CHECK(stage.worked == 0);
    CHECK(stage.session->in_flight() == 0);
    CHECK(stage.metrics.value(tool_calls, "look") == 1);
    CHECK(stage.metrics.value(calls_in_flight) == 0);
}

TEST_CASE("what is not known is worked on") {
    Stage stage;
    stage.initialize("2025-11-25");
    stage.call(R"({"known":false})");
    CHECK(stage.sent.empty());
    stage.loop.settle();
    CHECK(stage.source() == "work");
}

TEST_CASE("a call that shall be a task becomes one, though its result is known") {
    Stage stage;
    stage.initialize("2025-11-25");
    stage.call(R"({"known":true})", R"(,"task":{})");
    stage.loop.settle();
    REQUIRE(stage.sent.size() >= 1);
    CHECK(core::Json::parse(stage.sent[0])["result"].contains("task"));
    stage.loop.spawn(stage.server->end_tasks());
    stage.loop.settle();
}

TEST_CASE("a call in the stateless era is answered at once, too, unless it goes on with another") {
    Stage stage;
    stage.call(R"({"known":true})", modern);
    REQUIRE(stage.sent.size() == 1);
    CHECK(stage.source() == "memory");

    stage.sent.clear();
    stage.call(R"({"known":true})", std::string(R"(,"inputResponses":{})") + modern);
    stage.loop.settle();
    CHECK(stage.source() == "work");
}

}  // namespace blender_mcpd::mcp
