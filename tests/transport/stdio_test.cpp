#include "pipes.hpp"
#include "waiting_tools.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/transport/stdio.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

/// A transport whose other side is in the test's hands.
struct Stage {
    explicit Stage(Kind kind = Kind::sockets, LineOptions chosen = {}, bool file = false)
        : channels(kind),
          server(loop.timers, metrics, {"test", "Test", "1", ""}, waiting_tools(gate), {}) {
        channels.record();
        transport.emplace(loop.timers, server,
                          StdioDescriptors{channels.far_in, channels.far_out, file}, chosen);
        loop.spawn(run(*transport, ended));
    }
    ~Stage() {
        gate.set();
        if (!ended) transport->stop(core::CancelReason::closed);
        channels.from_server.close();
        loop.settle();
        CHECK(ended);
        CHECK(loop.timers.armed().empty());
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void send(std::string_view bytes) {
        REQUIRE(channels.to_server.write(bytes) == bytes.size());
        settle();
    }
    void settle() {
        for (int i = 0; i < 3; ++i)
            loop.settle();
    }
    /// What the server has written by now, line by line.
    std::vector<std::string> lines() {
        settle();
        received += channels.from_server.read();
        settle();
        std::vector<std::string> whole;
        for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
            whole.push_back(received.substr(0, end));
            received.erase(0, end + 1);
        }
        return whole;
    }

    test::ManualLoop loop;
    core::Metrics metrics;
    core::Event gate{loop.io.get_executor()};
    Channels channels;
    mcp::Server server;
    std::optional<StdioTransport> transport;
    bool ended = false;
    std::string received;

  private:
    static boost::asio::awaitable<void> run(StdioTransport& transport, bool& ended) {
        co_await transport.run();
        ended = true;
    }
};

using Lines = std::vector<std::string>;

boost::asio::awaitable<void> note_finished(StdioTransport& transport, bool& finished) {
    co_await transport.finished();
    finished = true;
}

}  // namespace

TEST_CASE("messages go in and out, one a line") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    stage.send(ping(1));
    CHECK(stage.lines() == Lines{pong(1)});
    stage.send(ping(2) + ping(3));
    CHECK(stage.lines() == Lines{pong(2), pong(3)});
    stage.send(R"({"jsonrpc":"2.0","id":4,)");
    CHECK(stage.lines().empty());
    stage.send("\"method\":\"ping\"}\r");
    CHECK(stage.lines().empty());
    stage.send("\n");
    CHECK(stage.lines() == Lines{pong(4)});
}

TEST_CASE("empty lines are no messages") {
    Stage stage;
    stage.send("\n\r\n  \t \n" + ping(1));
    CHECK(stage.lines() == Lines{pong(1)});
}

TEST_CASE("a line that is too long is answered, and the next one is read") {
    LineOptions options;
    options.max_line_bytes = 100;
    Stage stage(Kind::sockets, options);
    const auto exact = ping(1).substr(0, ping(1).size() - 1);
    stage.send(exact + std::string(100 - exact.size(), ' ') + "\n");
    CHECK(stage.lines() == Lines{pong(1)});
    stage.send(std::string(101, 'x'));
    const auto answers = stage.lines();
    REQUIRE(answers.size() == 1);
    CHECK_THAT(answers[0], ContainsSubstring("longer than the limit of 100 bytes"));
    stage.send(std::string(100'000, 'x'));
    CHECK(stage.lines().empty());
    stage.send("\n" + ping(2));
    CHECK(stage.lines() == Lines{pong(2)});
}

TEST_CASE("a slow call holds nothing up") {
    Stage stage;
    stage.send(call(1, "slow") + ping(2));
    CHECK(stage.lines() == Lines{pong(2)});
    stage.gate.set();
    const auto answers = stage.lines();
    REQUIRE(answers.size() == 1);
    CHECK_THAT(answers[0], ContainsSubstring("released"));
}

TEST_CASE("an answer larger than the pipe arrives in parts, whole") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    stage.send(call(1, "big") + ping(2));
    std::string got;
    while (got.find(pong(2) + "\n") == std::string::npos) {
        stage.settle();
        const auto more = stage.channels.from_server.read(1000);
        REQUIRE_FALSE(more.empty());
        got += more;
    }
    CHECK(std::count(got.begin(), got.end(), '\n') == 2);
    const auto first = got.substr(0, got.find('\n'));
    CHECK(first.size() > std::size_t{1} << 20);
    const auto parsed = core::parse_json(first);
    REQUIRE(parsed.has_value());
    CHECK(parsed->at("result").at("content").at(0).at("text").get<std::string>() ==
          std::string(std::size_t{1} << 20, 'x'));
}

TEST_CASE("while the client does not read, no more is read from it than the limits say") {
    LineOptions options;
    options.max_outbox_bytes = 10'000;
    Stage stage(GENERATE(Kind::pipes, Kind::sockets), options);
    int sent = 0;
    // Answers are a third of the questions' size: the server must stop reading at some time.
    std::string rest;
    const auto feed = [&] {
        std::size_t written = 0;
        if (rest.empty()) rest = ping(++sent);
        do {
            written = stage.channels.to_server.write(rest);
            rest.erase(0, written);
            if (rest.empty()) rest = ping(++sent);
        } while (written > 0);
        stage.settle();
    };
    int before = -1;
    for (int round = 0; round < 1'000 && before != sent; ++round) {
        before = sent;
        feed();
    }
    REQUIRE(before == sent);  // nothing goes in any more
    const int stuck_at = sent;
    CHECK(sent < 100'000);  // what fits into pipes, one chunk and the outbox

    // The client reads again: everything is answered, in order, and more is taken.
    std::string got;
    for (int round = 0; round < 10'000; ++round) {
        stage.settle();
        const auto more = stage.channels.from_server.read();
        got += more;
        if (more.empty() && round > 10) break;
    }
    const auto answers = std::count(got.begin(), got.end(), '\n');
    CHECK(answers == stuck_at - 1);
    CHECK(got.starts_with(pong(1) + "\n" + pong(2) + "\n"));
    CHECK(got.ends_with(pong(stuck_at - 1) + "\n"));
    feed();
    CHECK(sent > stuck_at);
}

TEST_CASE("a client that goes away ends it") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    SECTION("while calls run: they are cancelled, and have nobody to answer") {
        stage.send(call(1, "slow"));
        stage.channels.from_server.close();
        stage.send(ping(2));
        stage.settle();
        CHECK(stage.ended);
    }
    SECTION("in the middle of an answer") {
        stage.send(call(1, "big"));
        stage.channels.from_server.read(10);
        stage.settle();
        CHECK_FALSE(stage.ended);
        stage.channels.from_server.close();
        stage.settle();
        CHECK(stage.ended);
    }
    SECTION("with a call that does not listen: its end is awaited") {
        stage.send(call(1, "deaf"));
        stage.channels.from_server.close();
        stage.send(ping(2));
        CHECK_FALSE(stage.ended);
        stage.gate.set();
        stage.settle();
        CHECK(stage.ended);
    }
}

TEST_CASE("the end of the input") {
    const auto kind = GENERATE(Kind::pipes, Kind::sockets);
    SECTION("without calls ends it") {
        Stage stage(kind);
        stage.channels.to_server.close();
        stage.settle();
        CHECK(stage.ended);
    }
    SECTION("leaves the last line, which has no line break") {
        Stage stage(kind);
        auto unended = ping(1);
        unended.pop_back();
        stage.send(unended);
        CHECK(stage.lines().empty());
        stage.channels.to_server.close();
        CHECK(stage.lines() == Lines{pong(1)});
        CHECK(stage.ended);
    }
    SECTION("lets a short call finish") {
        Stage stage(kind);
        stage.send(call(1, "slow"));
        stage.channels.to_server.close();
        stage.settle();
        stage.loop.advance(999ms);
        CHECK_FALSE(stage.ended);
        stage.gate.set();
        const auto answers = stage.lines();
        REQUIRE(answers.size() == 1);
        CHECK_THAT(answers[0], ContainsSubstring("released"));
        CHECK(stage.ended);
    }
    SECTION("cancels a call that takes longer than the drain time, and answers it") {
        Stage stage(kind);
        stage.send(call(1, "slow"));
        stage.channels.to_server.close();
        stage.settle();
        stage.loop.advance(1'000ms);
        const auto answers = stage.lines();
        REQUIRE(answers.size() == 1);
        CHECK_THAT(answers[0], ContainsSubstring("shutting down"));
        CHECK(stage.ended);
    }
    SECTION("of a file sets no time limit") {
        Stage stage(kind, {}, true);
        stage.send(call(1, "slow"));
        stage.channels.to_server.close();
        stage.settle();
        stage.loop.advance(1h);
        CHECK_FALSE(stage.ended);
        stage.gate.set();
        const auto answers = stage.lines();
        REQUIRE(answers.size() == 1);
        CHECK_THAT(answers[0], ContainsSubstring("released"));
        CHECK(stage.ended);
    }
}

TEST_CASE("a client that does not read the last answers is not waited for forever") {
    Stage stage(Kind::pipes);
    stage.send(call(1, "big"));
    stage.channels.to_server.close();
    stage.settle();
    stage.loop.advance(4'999ms);
    CHECK_FALSE(stage.ended);
    stage.loop.advance(1ms);
    stage.settle();
    CHECK(stage.ended);
}

TEST_CASE("after stop there is less patience with a client that does not read") {
    Stage stage(Kind::pipes);
    stage.send(call(1, "big"));
    SECTION("stopped while it works") {
        stage.transport->stop(core::CancelReason::shutdown);
    }
    SECTION("stopped while it waits for the client to read the last answers") {
        stage.channels.to_server.close();
        stage.settle();
        stage.loop.advance(1s);
        stage.transport->stop(core::CancelReason::shutdown);
    }
    stage.settle();
    stage.loop.advance(499ms);
    CHECK_FALSE(stage.ended);
    stage.loop.advance(1ms);
    stage.settle();
    CHECK(stage.ended);
}

TEST_CASE("stop ends it from outside") {
    Stage stage;
    bool finished = false;
    stage.loop.spawn(note_finished(*stage.transport, finished));
    SECTION("at once when nothing runs") {
        stage.transport->stop(core::CancelReason::shutdown);
        stage.settle();
    }
    SECTION("twice") {
        stage.transport->stop(core::CancelReason::shutdown);
        stage.transport->stop(core::CancelReason::shutdown);
        stage.settle();
    }
    SECTION("and answers what runs") {
        stage.send(call(1, "slow"));
        stage.transport->stop(core::CancelReason::shutdown);
        const auto answers = stage.lines();
        REQUIRE(answers.size() == 1);
        CHECK_THAT(answers[0], ContainsSubstring("shutting down"));
    }
    SECTION("and reads nothing more") {
        stage.send(call(1, "deaf"));
        stage.transport->stop(core::CancelReason::shutdown);
        stage.settle();
        stage.channels.to_server.write(ping(2));
        CHECK(stage.lines().empty());
        CHECK_FALSE(finished);
        stage.gate.set();
        const auto answers = stage.lines();
        REQUIRE(answers.size() == 1);
        CHECK_THAT(answers[0], ContainsSubstring("\"id\":1"));
    }
    SECTION("during the drain time") {
        stage.send(call(1, "slow"));
        stage.channels.to_server.close();
        stage.settle();
        CHECK_FALSE(finished);
        stage.transport->stop(core::CancelReason::shutdown);
        CHECK(stage.lines().size() == 1);
    }
    SECTION("while reading is held up by a client that does not read") {
        stage.send(call(1, "big") + call(2, "big"));
        for (int id = 3; id < 20; ++id)
            stage.send(call(id, "big"));
        stage.transport->stop(core::CancelReason::shutdown);
        stage.settle();
        CHECK_FALSE(stage.ended);
        while (!stage.ended && !stage.channels.from_server.read().empty())
            stage.settle();
    }
    CHECK(stage.ended);
    CHECK(finished);
    // For whoever asks later, too.
    bool later = false;
    stage.loop.spawn(note_finished(*stage.transport, later));
    CHECK(later);
}

}  // namespace blender_mcpd::transport
