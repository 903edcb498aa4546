// How answers leave: at once and together, or as the client takes them.
#include "line_transport.hpp"

#include <blender_mcpd/core/event.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::transport {
namespace {

namespace asio = boost::asio;

/// One chunk of input, then the end; and a client that takes `room` bytes without waiting.
struct Script {
    explicit Script(std::string bytes, std::size_t bytes_at_once = 0)
        : input(std::move(bytes)), room(bytes_at_once) {}
    std::string input;
    std::size_t room;
    std::vector<std::string> at_once;  // what each write_now() took
    std::vector<std::string> later;    // what each write() was given
};

class ScriptedStreams final : public ByteStreams {
  public:
    explicit ScriptedStreams(Script& script) : script_(script) {}

    asio::awaitable<IoResult> read_some(asio::mutable_buffer into) override {
        if (script_.input.empty()) co_return ended();
        const auto size = asio::buffer_copy(into, asio::buffer(script_.input));
        script_.input.erase(0, size);
        co_return done(size);
    }
    asio::awaitable<IoResult> write(asio::const_buffer bytes) override {
        script_.later.push_back(text(bytes, bytes.size()));
        co_return done(bytes.size());
    }
    std::size_t write_now(asio::const_buffer bytes) override {
        const auto size = std::min(bytes.size(), script_.room);
        script_.room -= size;
        script_.at_once.push_back(text(bytes, size));
        return size;
    }
    void close_input() override {}
    void close() override {}
    [[nodiscard]] std::string_view transport() const override { return "test"; }
    [[nodiscard]] std::string input_name() const override { return "input"; }
    [[nodiscard]] std::string output_name() const override { return "output"; }

  private:
    static IoResult ended() {
        return std::make_tuple(asio::error::make_error_code(asio::error::eof), std::size_t{0});
    }
    static IoResult done(std::size_t size) {
        return std::make_tuple(boost::system::error_code(), size);
    }
    static std::string text(asio::const_buffer bytes, std::size_t size) {
        return {static_cast<const char*>(bytes.data()), size};
    }
    Script& script_;
};

constexpr auto answer = R"({"jsonrpc":"2.0","id":1,"result":{}})";

std::string lines(std::string_view line, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += std::string(line) + '\n';
    return text;
}

/// Serves that input to its end.
void serve(Script& script, LineOptions options = {}) {
    test::ManualLoop loop;
    core::Metrics metrics;
    mcp::Server server(loop.timers, metrics, {"test", "Test", "1", ""}, {}, {});
    const auto transport = std::make_shared<LineTransport>(
        loop.timers, server, server.name_client(), std::make_unique<ScriptedStreams>(script),
        InputEnd::client_went, options);
    bool ended = false;
    const auto run = [](std::shared_ptr<LineTransport> served,
                        bool& over) -> asio::awaitable<void> {
        co_await served->run();
        over = true;
    };
    loop.spawn(run(transport, ended));
    loop.settle();
    CHECK(ended);
}

std::string pings(int count) {
    return lines(R"({"jsonrpc":"2.0","id":1,"method":"ping"})", count);
}

}  // namespace

TEST_CASE("answers to lines that came together leave together, at once") {
    Script script(pings(3), 1'000);
    serve(script);
    CHECK(script.at_once == std::vector{lines(answer, 3)});
    CHECK(script.later.empty());
}

TEST_CASE("what does not fit at once follows, and nothing is lost or twice") {
    Script script(pings(3), 50);
    serve(script);
    const auto all = lines(answer, 3);
    CHECK(script.at_once == std::vector{all.substr(0, 50)});
    CHECK(script.later == std::vector{all.substr(50)});
}

TEST_CASE("a client that takes nothing at once still gets everything") {
    Script script(pings(100));
    LineOptions options;
    options.max_outbox_bytes = 200;  // reading stops again and again
    serve(script, options);
    std::string got;
    for (const auto& text : script.later)
        got += text;
    CHECK(got == lines(answer, 100));
}

TEST_CASE("a last line without an end is answered, an empty one is not") {
    auto whole = pings(1);
    whole.pop_back();
    Script script(whole, 1'000);
    serve(script);
    CHECK(script.later == std::vector{lines(answer, 1)});

    Script empty("  ", 1'000);
    serve(empty);
    CHECK(empty.at_once.empty());
    CHECK(empty.later.empty());
}

}  // namespace blender_mcpd::transport
