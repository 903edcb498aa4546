// Who hears that a resource has other contents.
#include "stage.hpp"

#include <blender_mcpd/mcp/resource.hpp>

#include <fmt/format.h>

namespace blender_mcpd::mcp {
namespace {

boost::asio::awaitable<ResourceAnswer> read(std::string uri) {
    std::vector<ResourceContents> list;
    list.push_back({std::move(uri), "text/plain", "text"});
    co_return list;
}

struct UpdatesStage : Stage {
    UpdatesStage() {
        start();
        ResourceTemplate one;
        one.uri_template = "x://{place}/{name}";
        one.name = "one";
        one.read = [](const CallContext&, const ResourceRequest& request) {
            return read(request.uri);
        };
        server->registry().add(std::move(one));
        session->attach(client);
    }
    void initialize() {
        (void)ask(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        receive(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    }
    void request(std::string_view method, std::string_view uri) {
        const auto reply = ask(fmt::format(
            R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{"uri":"{}"}}}})", method, uri));
        CHECK(reply.find(R"("result":{})") != std::string::npos);
    }
    /// The URIs that the client has been told of since.
    std::vector<std::string> told() {
        std::vector<std::string> uris;
        while (!sent.empty()) {
            const auto message = core::Json::parse(take());
            CHECK(message["method"] == "notifications/resources/updated");
            uris.push_back(message["params"]["uri"].get<std::string>());
        }
        return uris;
    }
};

using Uris = std::vector<std::string>;

TEST_CASE("a subscriber hears of its resource in its own spelling, of others not at all") {
    UpdatesStage stage;
    stage.initialize();
    for (const auto* uri : {"x://a/My%20Cube%20(1)", "x://a/Lamp", "x://b/Lamp"})
        stage.request("resources/subscribe", uri);
    auto& registry = stage.server->registry();
    registry.updated("x://a/My%20Cube%20%281%29");
    CHECK(stage.told() == Uris{"x://a/My%20Cube%20(1)"});
    registry.updated("x://a/My%20Cube");
    registry.updated("x://a/");
    CHECK(stage.told().empty());
    stage.request("resources/unsubscribe", "x://a/My%20Cube%20%281%29");
    registry.updated("x://a/My%20Cube%20(1)");
    CHECK(stage.told().empty());
}

TEST_CASE("what is told below a URI is heard by all whose URI begins so") {
    UpdatesStage stage;
    stage.initialize();
    for (const auto* uri : {"x://a/Lamp", "x://a/%4Camp%202", "x://b/Lamp"})
        stage.request("resources/subscribe", uri);
    stage.server->registry().updated_below("x://a/");
    CHECK(stage.told() == Uris{"x://a/Lamp", "x://a/%4Camp%202"});
    stage.server->registry().updated_below("x://c/");
    CHECK(stage.told().empty());
}

TEST_CASE("a modern listener hears the same, with the id of its subscription") {
    UpdatesStage stage;
    stage.receive(
        R"({"jsonrpc":"2.0","id":"s","method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":["x://a/%4Camp","x://b/Lamp"]},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})");
    const auto acknowledged = core::Json::parse(stage.take());
    CHECK(acknowledged["params"]["notifications"]["resourceSubscriptions"] ==
          core::Json{"x://a/%4Camp", "x://b/Lamp"});
    stage.server->registry().updated("x://a/Lamp");
    const auto update = core::Json::parse(stage.take());
    CHECK(update["params"]["uri"] == "x://a/%4Camp");
    CHECK(update["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "s");
    stage.server->registry().updated_below("x://");
    CHECK(stage.told() == Uris{"x://a/%4Camp", "x://b/Lamp"});
}

TEST_CASE("URIs are compared whatever their spelling") {
    struct Row {
        std::string one;
        std::string other;
        bool same;
    };
    const std::vector<Row> rows{
        {"x://a/b", "x://a/b", true},           {"x://a/%62", "x://a/b", true},
        {"x://a/%c3%a4", "x://a/%C3%A4", true}, {"x://a/%C3%A4", "x://a/ä", true},
        {"x://a/%2F", "x://a//", false},        {"x://a/%2f", "x://a/%2F", true},
        {"x://a/%25", "x://a/%", false},        {"x://a/%2562", "x://a/%62", false},
        {"x://a/%zz", "x://a/%zz", true},       {"x://a/%6", "x://a/%6", true},
        {"x://a/B", "x://a/b", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.one, row.other);
        CHECK((comparable_uri(row.one) == comparable_uri(row.other)) == row.same);
    }
}

TEST_CASE("any text becomes one segment of a URI, and back") {
    CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
    for (const std::string name : {"a/b", "100%", "Äpfel (2)", "a b?c#d", "{x}", "%41"}) {
        CAPTURE(name);
        const auto matched =
            match_template("x://{name}/end", "x://" + percent_encoded(name) + "/end");
        REQUIRE(matched);
        CHECK(matched->at("name") == name);
    }
}

TEST_CASE("reads and prompts are counted, failures are not") {
    UpdatesStage stage;
    Prompt prompt{"p", "", "", {}, {}};
    prompt.handler = [](const CallContext&, const std::map<std::string, std::string>& arguments)
        -> boost::asio::awaitable<PromptAnswer> {
        if (!arguments.empty()) co_return RpcError{RpcCode::internal_error, "no"};
        PromptResult result;
        result.messages.push_back({"user", TextContent{"text"}});
        co_return result;
    };
    stage.server->registry().add(std::move(prompt));
    stage.initialize();
    stage.sent.clear();
    (void)stage.ask(
        R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"x://a/b"}})");
    (void)stage.ask(
        R"({"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"y://a/b"}})");
    (void)stage.ask(R"({"jsonrpc":"2.0","id":3,"method":"prompts/get","params":{"name":"p"}})");
    (void)stage.ask(
        R"({"jsonrpc":"2.0","id":4,"method":"prompts/get","params":{"name":"p","arguments":{"a":"b"}}})");
    CHECK(stage.metrics.value(resources_read) == 1);
    CHECK(stage.metrics.value(prompts_got) == 1);
}

}  // namespace
}  // namespace blender_mcpd::mcp
