// Large messages: scanned and encoded beside the loop, with the same guarantees as small ones.
#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>
#include <support/function_channel.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::mcp {

namespace {

namespace asio = boost::asio;

// Awkward to encode: quotes, line feeds, multi-byte characters, and U+0001.
std::string awkward(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes)
        text += "plain \"quoted\" \\ \n \x01 \xC3\xA9 \xF0\x9F\x98\x80 ";
    return text;
}

asio::awaitable<ToolAnswer> give(ToolResult result, std::function<void()> then,
                                 asio::io_context* io) {
    asio::post(*io, std::move(then));
    co_return result;
}

/// A session whose tool "large" gives a result of that many bytes, and posts a handler as it ends.
struct LargeStage {
    test::ManualLoop loop;
    core::Metrics metrics;
    std::vector<std::string> sent;
    std::shared_ptr<test::FunctionChannel> client =
        test::channel([this](std::string message) { sent.push_back(std::move(message)); });
    ToolResult result;
    std::function<void()> after_the_tool = [] {};
    std::unique_ptr<Server> server;
    std::unique_ptr<Session> session;

    explicit LargeStage(std::size_t bytes) {
        result.structured = core::dump({{"text", awkward(bytes)}});
        Tool large;
        large.name = "large";
        large.handler = [this](const CallContext&, const core::Json&) {
            return give(result, after_the_tool, &loop.io);
        };
        server = std::make_unique<Server>(loop.timers, metrics, Implementation{"test", "", "1", ""},
                                          std::vector{large}, ServerLimits{});
        session = std::make_unique<Session>(*server, server->name_client());
    }
    ~LargeStage() {
        session.reset();
        wait_for([&] { return loop.io.stopped(); });
    }
    LargeStage(const LargeStage&) = delete;
    LargeStage& operator=(const LargeStage&) = delete;

    void receive(const std::string& message) { session->receive(message, client); }
    void call() {
        receive(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"large"}})");
    }
    void ping() { receive(R"({"jsonrpc":"2.0","id":2,"method":"ping"})"); }

    template <typename Condition>
    void wait_for(Condition done) {
        test::drive(loop.io, std::move(done));
    }
    /// Until no call is in flight.
    void drain() {
        wait_for([&] { return session->in_flight() == 0; });
    }
};

constexpr std::size_t much = 4 * core::large_message;

std::string id_of(const std::string& message) {
    return core::dump(core::Json::parse(message)["id"]);
}

}  // namespace

TEST_CASE("a small call is answered while a large answer is encoded") {
    const auto [bytes, first] = GENERATE(std::pair<std::size_t, std::string>{much, "2"},
                                         std::pair<std::size_t, std::string>{10, "1"});
    LargeStage stage(bytes);
    stage.after_the_tool = [&] { stage.ping(); };
    stage.call();
    stage.wait_for([&] { return stage.sent.size() == 2; });
    CHECK(id_of(stage.sent[0]) == first);
    stage.drain();
}

TEST_CASE("a large answer is that of the same result made on the spot") {
    LargeStage stage(much);
    stage.call();
    stage.drain();
    REQUIRE(stage.sent.size() == 1);
    const auto result = core::Json::parse(stage.sent[0])["result"];
    CHECK(result["content"][0]["text"] == stage.result.structured);
    CHECK(core::dump(result["structuredContent"]) == stage.result.structured);
}

TEST_CASE("a call that is cancelled while its large answer is encoded is not answered") {
    LargeStage stage(much);
    bool in_time = false;
    stage.after_the_tool = [&] {
        in_time = stage.session->in_flight() == 1;
        stage.receive(
            R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
    };
    stage.call();
    stage.drain();
    CHECK(in_time);
    CHECK(stage.sent.empty());
}

TEST_CASE("a client that goes while its large answer is encoded gets nothing") {
    LargeStage stage(much);
    SECTION("its channel closes") {
        stage.after_the_tool = [&] { stage.session->close(*stage.client); };
        stage.call();
        stage.drain();
    }
    SECTION("its session ends") {
        stage.after_the_tool = [&] { stage.session.reset(); };
        stage.call();
        stage.wait_for([&] { return stage.loop.io.stopped(); });
    }
    CHECK(stage.sent.empty());
}

TEST_CASE("at shutdown a large answer is still given") {
    LargeStage stage(much);
    stage.after_the_tool = [&] { stage.session->cancel_all(core::CancelReason::shutdown); };
    stage.call();
    stage.drain();
    REQUIRE(stage.sent.size() == 1);
    CHECK(id_of(stage.sent[0]) == "1");
}

TEST_CASE("large arguments are parsed beside the loop, and arrive as they are") {
    test::ManualLoop loop;
    core::Metrics metrics;
    std::vector<std::string> sent;
    const auto client =
        test::channel([&](std::string message) { sent.push_back(std::move(message)); });
    core::Json got;
    std::size_t bytes = 0;
    Tool taking;
    taking.name = "taking";
    taking.handler = [&](const CallContext& context, core::Json arguments) {
        got = std::move(arguments);
        bytes = context.arguments_bytes;
        return give(
            {}, [] {}, &loop.io);
    };
    Server server(loop.timers, metrics, {"test", "", "1", ""}, {taking}, {});
    Session session(server, server.name_client());
    const core::Json arguments{{"text", awkward(much)}};
    const auto raw = core::dump(arguments);
    session.receive(
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"taking","arguments":)" +
            raw + "}}",
        client);
    session.receive(R"({"jsonrpc":"2.0","id":2,"method":"ping"})", client);
    test::drive(loop.io, [&] { return sent.size() == 2; });
    CHECK(id_of(sent[0]) == "2");
    CHECK(got == arguments);
    CHECK(bytes == raw.size());
    test::drive(loop.io, [&] { return session.in_flight() == 0; });
}

TEST_CASE("an answer that is too long to be read as text is given once, as it is") {
    LargeStage stage(std::size_t{2} << 20U);
    stage.call();
    stage.drain();
    REQUIRE(stage.sent.size() == 1);
    CHECK(stage.sent[0].size() < stage.result.structured.size() + 1000);
    const auto result = core::Json::parse(stage.sent[0])["result"];
    CHECK(core::dump(result["structuredContent"]) == stage.result.structured);
    const auto text = result["content"][0]["text"].get<std::string>();
    CHECK_THAT(text, ContainsSubstring(std::to_string(stage.result.structured.size()) + " bytes"));
    CHECK_THAT(text, ContainsSubstring("structuredContent"));
}

}  // namespace blender_mcpd::mcp
