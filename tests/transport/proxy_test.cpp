// A proxy whose client and daemon are both in the test's hands; time stands still.
#include "pipes.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/transport/proxy.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <support/captured_log.hpp>
#include <support/catch.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

std::string request(const std::string& id) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"ping"})" + "\n";
}
std::string result(const std::string& id) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})" + "\n";
}

struct Stage {
    explicit Stage(Kind kind = Kind::pipes, bool file = false, std::string received = {})
        : channels(kind) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw std::runtime_error("no socket pair");
        daemon.reset(ends[0]);
        Attachment attached{
            {loop.io, boost::asio::local::stream_protocol(), ends[1]}, std::move(received), "1", 1};
        proxy.emplace(loop.timers, StdioDescriptors{channels.far_in, channels.far_out, file},
                      std::move(attached), ProxyOptions{});
        loop.spawn(run(*proxy, ended));
    }
    ~Stage() {
        daemon.close();
        channels.to_server.close();
        channels.from_server.close();
        settle();
        CHECK(ended);
        CHECK(loop.timers.armed().empty());
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void settle() {
        for (int i = 0; i < 4; ++i)
            loop.settle();
    }
    void say(std::string_view bytes) {
        REQUIRE(channels.to_server.write(bytes) == bytes.size());
        settle();
    }
    void answer(std::string_view bytes) {
        REQUIRE(daemon.write(bytes) == bytes.size());
        settle();
    }
    /// What the client sees by now.
    std::string heard() {
        std::string got;
        for (;;) {
            settle();
            const auto more = channels.from_server.read();
            if (more.empty()) return got;
            got += more;
        }
    }
    /// What arrived at the daemon by now.
    std::string arrived() {
        std::string got;
        for (;;) {
            settle();
            const auto more = daemon.read();
            if (more.empty()) return got;
            got += more;
        }
    }
    /// The daemon has been told that the input ended.
    bool daemon_at_end() {
        char byte = 0;
        return ::read(daemon.fd(), &byte, 1) == 0;
    }
    void advance(core::Duration by) {
        loop.advance(by);
        settle();
    }

    test::ManualLoop loop;
    Channels channels;
    End daemon;
    std::optional<Proxy> proxy;
    std::optional<ProxyEnd> ended;

  private:
    static boost::asio::awaitable<void> run(Proxy& proxy, std::optional<ProxyEnd>& ended) {
        ended = co_await proxy.run();
    }
};

/// The ids of error answers, raw; anything else fails.
std::vector<std::string> given_up(const std::string& text) {
    std::vector<std::string> ids;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        const auto message = core::RawObject::scan(line);
        REQUIRE(message.has_value());
        CHECK(line.find("went away") != std::string::npos);
        CHECK(line.find(R"("outcome":"unknown")") != std::string::npos);
        REQUIRE(message->find("error"));
        ids.emplace_back(*message->find("id"));
    }
    return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("bytes go both ways as they are") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    stage.say("{\"any\" : thing}\r\n");
    CHECK(stage.arrived() == "{\"any\" : thing}\r\n");
    stage.say("half a li");
    CHECK(stage.arrived() == "half a li");
    stage.answer(result("1") + "what\xff ever\n\n");
    CHECK(stage.heard() == result("1") + "what\xff ever\n\n");
    // Answers only as whole lines.
    stage.answer("{\"half\":");
    CHECK(stage.heard().empty());
    stage.answer("1}\n{");
    CHECK(stage.heard() == "{\"half\":1}\n");
    CHECK_FALSE(stage.ended);
}

TEST_CASE("what came while attaching is passed on first") {
    Stage stage(Kind::pipes, false, "{\"early\":1}\n{\"la");
    CHECK(stage.heard() == "{\"early\":1}\n");
    stage.answer("te\":1}\n");
    CHECK(stage.heard() == "{\"late\":1}\n");
}

TEST_CASE("the end of the input is passed on, and answers still come") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    stage.say(request("1") + R"({"id":2,"method":"ping"})");
    stage.channels.to_server.close();
    CHECK(stage.arrived() == request("1") + R"({"id":2,"method":"ping"})");
    CHECK(stage.daemon_at_end());
    stage.answer(result("1"));
    CHECK(stage.heard() == result("1"));
    CHECK_FALSE(stage.ended);
    SECTION("then the daemon ends it") {
        stage.answer(result("2"));
        stage.daemon.close();
        CHECK(stage.heard() == result("2"));
        CHECK(stage.ended == ProxyEnd::finished);
    }
    SECTION("the daemon dies before the last answer") {
        stage.daemon.close();
        CHECK(given_up(stage.heard()) == Ids{"2"});
        CHECK(stage.ended == ProxyEnd::daemon_went);
    }
    SECTION("the daemon does nothing any more") {
        stage.advance(9'999ms);
        CHECK_FALSE(stage.ended);
        stage.advance(1ms);
        CHECK(given_up(stage.heard()) == Ids{"2"});
        CHECK(stage.ended == ProxyEnd::daemon_went);
    }
}

TEST_CASE("a message that the daemon could not read does not spoil the end") {
    Stage stage;
    stage.say(R"({"id":1,"method":"ping",})"
              "\n");
    stage.channels.to_server.close();
    stage.settle();
    stage.answer(R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"}})"
                 "\n");
    stage.daemon.close();
    CHECK_THAT(stage.heard(), ContainsSubstring("Parse error") && !ContainsSubstring("went away"));
    CHECK(stage.ended == ProxyEnd::finished);
}

TEST_CASE("the end of a file is passed on when all is answered") {
    Stage stage(Kind::pipes, true);
    stage.say(request("1") + request("2"));
    stage.channels.to_server.close();
    CHECK(stage.arrived() == request("1") + request("2"));
    CHECK_FALSE(stage.daemon_at_end());
    stage.answer(result("1"));
    stage.advance(1h);
    CHECK_FALSE(stage.daemon_at_end());
    SECTION("by the daemon") {
        stage.answer(result("2"));
        CHECK(stage.daemon_at_end());
        stage.daemon.close();
        CHECK(stage.heard() == result("1") + result("2"));
        CHECK(stage.ended == ProxyEnd::finished);
    }
    SECTION("by nobody, for a time that no call takes") {
        stage.heard();
        stage.advance(100s);
        CHECK(given_up(stage.heard()) == Ids{"2"});
        CHECK(stage.ended == ProxyEnd::daemon_went);
    }
    SECTION("the daemon dies") {
        stage.heard();
        stage.daemon.close();
        CHECK(given_up(stage.heard()) == Ids{"2"});
        CHECK(stage.ended == ProxyEnd::daemon_went);
    }
    SECTION("a signal comes") {
        stage.proxy->stop();
        stage.settle();
        CHECK(stage.daemon_at_end());
        stage.daemon.close();
        stage.settle();
        CHECK(stage.ended == ProxyEnd::finished);
    }
}

TEST_CASE("when the daemon dies, each open request is answered and it ends") {
    const test::CapturedLog log;
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    stage.say(request("1") + request("\"two\"") + request("3") + request("4"));
    stage.say(R"({"method":"notifications/cancelled","params":{"requestId":4}})"
              "\n");
    stage.answer(result("1"));
    CHECK(stage.heard() == result("1"));
    SECTION("between two messages") {
        stage.daemon.close();
        CHECK(given_up(stage.heard()) == Ids{"\"two\"", "3"});
        CHECK(log.count("2 requests have no answer") == 1);
    }
    SECTION("in the middle of an answer, which is then not begun") {
        stage.answer(R"({"jsonrpc":"2.0","id":3,"result":{"te)");
        stage.daemon.close();
        CHECK(given_up(stage.heard()) == Ids{"\"two\"", "3"});
    }
    SECTION("in the middle of a long answer, whose line is then ended") {
        const auto begin = R"({"jsonrpc":"2.0","id":3,"result":{"text":")";
        std::string answer = begin + std::string(std::size_t{3} << 20, 'x');
        std::string got;
        for (std::string rest = answer; !rest.empty(); got += stage.heard())
            rest.erase(0, stage.daemon.write(rest));
        stage.daemon.close();
        got += stage.heard();
        const auto end = got.find('\n');
        REQUIRE(end != std::string::npos);
        CHECK(answer.starts_with(got.substr(0, end)));
        CHECK(given_up(got.substr(end + 1)) == Ids{"\"two\"", "3"});
    }
    SECTION("after an answer that still waits to be read") {
        stage.daemon.write(result("\"two\""));
        stage.daemon.close();
        const auto got = stage.heard();
        CHECK(got.starts_with(result("\"two\"")));
        CHECK(given_up(got.substr(result("\"two\"").size())) == Ids{"3"});
    }
    SECTION("and with it what it had not read") {
        stage.say(request("5"));
        stage.daemon.close();
        CHECK(given_up(stage.heard()) == Ids{"\"two\"", "3", "5"});
    }
    CHECK(stage.ended == ProxyEnd::daemon_went);
    CHECK(stage.channels.from_server.read().empty());
}

TEST_CASE("a daemon that goes when nothing is open ends it, too") {
    Stage stage;
    stage.say(request("1"));
    stage.answer(result("1"));
    stage.daemon.close();
    CHECK(stage.heard() == result("1"));
    CHECK(stage.ended == ProxyEnd::daemon_went);
}

TEST_CASE("a daemon that reads no more may still answer") {
    Stage stage;
    stage.say(request("1") + request("2"));
    shutdown(stage.daemon.fd(), SHUT_RD);
    stage.say(request("3"));
    stage.say(request("4"));
    CHECK_FALSE(stage.ended);
    stage.answer(result("1") + result("2"));
    CHECK(stage.heard() == result("1") + result("2"));
    stage.daemon.close();
    CHECK(given_up(stage.heard()).front() == "3");
    CHECK(stage.ended == ProxyEnd::daemon_went);
}

TEST_CASE("very many open requests are all answered") {
    Stage stage;
    constexpr int count = 20'000;
    std::string pending;
    for (int id = 0; id < count; ++id)
        pending += request(std::to_string(id));
    while (!pending.empty()) {
        pending.erase(0, stage.channels.to_server.write(pending));
        stage.settle();
        stage.daemon.read();
    }
    stage.arrived();
    stage.daemon.close();
    const auto ids = given_up(stage.heard());
    REQUIRE(ids.size() == count);
    CHECK(ids.front() == "0");
    CHECK(ids.back() == std::to_string(count - 1));
    CHECK(stage.ended == ProxyEnd::daemon_went);
}

TEST_CASE("huge lines pass in both directions") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    const std::string body(std::size_t{20} << 20, 'x');
    const auto asked =
        R"({"jsonrpc":"2.0","method":"ping","params":{"x":")" + body + R"("},"id":1})" + "\n";
    std::string got;
    for (std::string_view rest = asked; got.size() < asked.size();) {
        rest.remove_prefix(stage.channels.to_server.write(rest));
        stage.loop.settle();
        const auto more = stage.daemon.read();
        got += more;
    }
    CHECK(got == asked);
    const auto answered = R"({"jsonrpc":"2.0","id":1,"result":{"x":")" + body + "\"}}\n";
    got.clear();
    for (std::string_view rest = answered; got.size() < answered.size();) {
        rest.remove_prefix(stage.daemon.write(rest));
        stage.loop.settle();
        got += stage.channels.from_server.read();
    }
    CHECK(got == answered);
    // It was seen to be answered.
    stage.daemon.close();
    CHECK(stage.heard().empty());
}

TEST_CASE("who does not read is not read from") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    const std::string line = std::string(9'999, 'x') + "\n";
    // Both directions can hold what the kernel's buffers and one piece hold.
    constexpr std::size_t plenty = std::size_t{8} << 20;
    const auto fill = [&](End& from) {
        std::size_t written = 0;
        for (std::size_t before = 1; before != written && written < plenty;) {
            before = written;
            for (std::size_t size = 1; size > 0; written += size)
                size = from.write(line);
            stage.settle();
        }
        return written;
    };
    const auto to_daemon = fill(stage.channels.to_server);
    CHECK(to_daemon < plenty);
    const auto to_client = fill(stage.daemon);
    CHECK(to_client < plenty);
    // One direction goes on while the other is stuck, and nothing is lost.
    const auto heard = stage.heard();
    CHECK(heard.size() <= to_client);
    CHECK(heard.size() + line.size() > to_client);
    CHECK(stage.arrived().size() == to_daemon);
}

TEST_CASE("a client that stops reading ends it") {
    Stage stage(GENERATE(Kind::pipes, Kind::sockets));
    stage.say(request("1"));
    stage.channels.from_server.close();
    stage.answer(result("1"));
    CHECK(stage.ended == ProxyEnd::finished);
    stage.arrived();
    CHECK(stage.daemon_at_end());
}

TEST_CASE("a client that closed its side and does not read is not waited for forever") {
    Stage stage;
    stage.say(request("1"));
    const std::string answer(100'000, 'x');
    SECTION("for an answer") {
        stage.answer(answer + "\n");
        stage.channels.to_server.close();
        stage.settle();
    }
    SECTION("for an answer that comes after that") {
        stage.channels.to_server.close();
        stage.settle();
        stage.answer(answer + "\n");
    }
    stage.daemon.close();
    stage.settle();
    stage.advance(4'999ms);
    CHECK_FALSE(stage.ended);
    stage.advance(1ms);
    CHECK(stage.ended == ProxyEnd::finished);
}

TEST_CASE("a client that does not read is not waited for when the daemon is gone") {
    Stage stage;
    for (int id = 0; id < 500; ++id)
        stage.say(request(std::to_string(id)));
    stage.daemon.close();
    stage.settle();
    CHECK_FALSE(stage.ended);
    SECTION("for long") {
        stage.advance(5s);
    }
    SECTION("least of all when stopped") {
        stage.proxy->stop();
        stage.advance(500ms);
    }
    CHECK(stage.ended);
}

TEST_CASE("stop ends it, politely if that is possible") {
    Stage stage;
    stage.say(request("1"));
    CHECK(stage.arrived() == request("1"));
    SECTION("the daemon answers") {
        stage.proxy->stop();
        stage.settle();
        CHECK(stage.daemon_at_end());
        stage.answer(result("1"));
        stage.daemon.close();
        CHECK(stage.heard() == result("1"));
    }
    SECTION("the daemon does not") {
        stage.proxy->stop();
        stage.proxy->stop();
        stage.advance(1'999ms);
        CHECK_FALSE(stage.ended);
        stage.advance(1ms);
        CHECK(given_up(stage.heard()) == Ids{"1"});
    }
    SECTION("the daemon does not even read") {
        for (std::size_t size = 1; size > 0; stage.settle())
            size = stage.channels.to_server.write(request("2"));
        stage.proxy->stop();
        stage.advance(2s);
        stage.heard();
    }
    SECTION("and reads no more from the client") {
        stage.proxy->stop();
        stage.channels.to_server.write(request("2"));
        CHECK(stage.arrived().empty());
        stage.daemon.close();
        CHECK(given_up(stage.heard()) == Ids{"1"});
    }
    SECTION("nor from one that does not read") {
        stage.answer(std::string(100'000, 'x') + "\n");
        stage.proxy->stop();
        stage.daemon.close();
        stage.advance(499ms);
        CHECK_FALSE(stage.ended);
        stage.advance(1ms);
    }
    stage.settle();
    CHECK(stage.ended == ProxyEnd::finished);
}

}  // namespace blender_mcpd::transport
