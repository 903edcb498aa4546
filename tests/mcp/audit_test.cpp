// What sessions tell of tool calls to who keeps a record of them.
#include "stage.hpp"

#include <blender_mcpd/mcp/call_audit.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::mcp {

namespace {

struct Told {
    std::string client_info;
    std::string transport;
    std::string protocol;
    std::string request_id;
    std::string tool;
    std::string arguments;
    bool read_only = false;
    std::vector<CallEnd> ends;
};

class FakeAudit final : public CallAudit {
  public:
    std::vector<std::shared_ptr<Told>> calls;

    std::shared_ptr<CallRecord> begin(const CallStart& start) override {
        calls.push_back(std::make_shared<Told>(Told{std::string(start.client_info),
                                                    std::string(start.transport),
                                                    std::string(start.revision.version),
                                                    std::string(start.request_id),
                                                    std::string(start.tool),
                                                    *start.arguments,
                                                    start.read_only,
                                                    {}}));
        return std::make_shared<Record>(calls.back());
    }

  private:
    class Record final : public CallRecord {
      public:
        explicit Record(std::shared_ptr<Told> told) : told_(std::move(told)) {}
        void note(std::string_view, core::Json) override {}
        void end(CallEnd end) override { told_->ends.push_back(std::move(end)); }
        [[nodiscard]] bool wants_content() const override { return true; }

      private:
        std::shared_ptr<Told> told_;
    };
};

struct Audited : Stage {
    FakeAudit audit;

    explicit Audited(std::size_t most_calls = 100, std::vector<std::string> names = {}) {
        tools = std::move(names);
        limits.in_flight = most_calls;
        start();
        server->set_audit(&audit);
    }

    std::string call(const std::string& params, const std::string& id = "1") {
        return ask(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":)" +
                   params + '}');
    }

    const CallEnd& only_end() {
        REQUIRE(audit.calls.size() == 1);
        REQUIRE(audit.calls[0]->ends.size() == 1);
        return audit.calls[0]->ends[0];
    }
};

}  // namespace

TEST_CASE("a call is told with its client, request and arguments, and how it ended") {
    Audited stage;
    stage.ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":)"
              R"("2025-06-18","capabilities":{},"clientInfo":{"name":"me","version":"3"}}})");
    CHECK(stage.audit.calls.empty());
    stage.call(R"({"name":"instant","arguments":{"x":1}})", "\"a\"");
    const auto& end = stage.only_end();
    const auto& told = *stage.audit.calls[0];
    CHECK(told.client_info == R"({"name":"me","version":"3"})");
    CHECK(told.transport == "none");
    CHECK(told.protocol == "2025-06-18");
    CHECK(told.request_id == "\"a\"");
    CHECK(told.tool == "instant");
    CHECK(told.arguments == R"({"x":1})");
    CHECK(end.outcome == CallOutcome::ok);
    REQUIRE(end.result);
    CHECK(end.result->structured == R"({"got":{"x":1}})");
    CHECK(end.result->bytes == end.result->structured.size());
    CHECK(end.result->sha256.size() == 64);
}

TEST_CASE("a stateless client says with each call who it is") {
    Audited stage;
    stage.call(
        R"({"name":"instant","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
        R"("io.modelcontextprotocol/clientCapabilities":{},)"
        R"("io.modelcontextprotocol/clientInfo":{"name":"modern"}}})");
    CHECK(stage.only_end().outcome == CallOutcome::ok);
    CHECK(stage.audit.calls[0]->client_info == R"({"name":"modern"})");
    CHECK(stage.audit.calls[0]->protocol == "2026-07-28");
}

TEST_CASE("calls that are refused or fail have a record, too") {
    Audited stage;
    SECTION("by the tool") {
        stage.call(R"({"name":"failing"})");
        CHECK(stage.only_end().outcome == CallOutcome::failed);
        CHECK(stage.only_end().result->is_error);
        CHECK(!stage.only_end().result->text.empty());
    }
    SECTION("an unknown tool") {
        stage.call(R"({"name":"nothing"})");
        CHECK(stage.only_end().outcome == CallOutcome::protocol_error);
        CHECK(stage.only_end().error->code == RpcCode::invalid_params);
        CHECK(stage.audit.calls[0]->read_only);
    }
    SECTION("a name that is none") {
        stage.call(R"({"name":7})");
        CHECK(stage.only_end().outcome == CallOutcome::protocol_error);
        CHECK(stage.audit.calls[0]->tool.empty());
    }
    SECTION("arguments that are no object") {
        stage.call(R"({"name":"instant","arguments":[]})");
        CHECK(stage.only_end().outcome == CallOutcome::failed);
    }
    SECTION("a handler that throws") {
        stage.call(R"({"name":"throwing"})");
        CHECK(stage.only_end().outcome == CallOutcome::protocol_error);
    }
    SECTION("more calls than fit") {
        Audited small(0);
        small.call(R"({"name":"instant"})");
        CHECK(small.only_end().outcome == CallOutcome::failed);
    }
}

TEST_CASE("a call ends in its record when it is cancelled, with what it would have answered") {
    Audited stage;
    stage.call(R"({"name":"slow"})");
    CHECK(stage.audit.calls[0]->ends.empty());
    stage.receive(
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
    CHECK(stage.only_end().outcome == CallOutcome::cancelled);
}

TEST_CASE("a call that runs as a task ends with the task") {
    Audited stage(100, {"work"});
    const auto handle = stage.call(R"({"name":"work","task":{}})");
    CHECK(handle.find("taskId") != std::string::npos);
    REQUIRE(stage.audit.calls.size() == 1);
    CHECK(stage.audit.calls[0]->ends.empty());
    SECTION("well") {
        stage.gate.set();
        stage.loop.settle();
        CHECK(stage.audit.calls[0]->ends.at(0).outcome == CallOutcome::ok);
    }
    SECTION("cancelled") {
        const auto id = core::Json::parse(handle)["result"]["task"]["taskId"].get<std::string>();
        stage.ask(R"({"jsonrpc":"2.0","id":2,"method":"tasks/cancel","params":{"taskId":")" + id +
                  "\"}}");
        stage.gate.set();
        stage.loop.settle();
        CHECK(stage.audit.calls[0]->ends.at(0).outcome == CallOutcome::cancelled);
    }
}

TEST_CASE("nobody is told of calls that nobody keeps a record of") {
    Audited stage;
    stage.server->set_audit(nullptr);
    stage.call(R"({"name":"instant"})");
    CHECK(stage.audit.calls.empty());
    REQUIRE(!stage.fakes.contexts.empty());
    CHECK(stage.fakes.contexts.back().record == nullptr);
}

}  // namespace blender_mcpd::mcp
