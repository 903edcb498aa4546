// What listens there: a verdict on each family of add-ons and on what is none, in time, and without
// harm to whoever it is. Time is the test's and runs whenever nothing else does; the peers are
// scripted.
#include "stage.hpp"
#include "verdict.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/detect.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using boost::asio::awaitable;
using link::Detected;
using link::Family;
using namespace std::string_literals;

namespace {

struct DetectStage;
using Behaviour = awaitable<void> (*)(DetectStage&, PeerSession);

struct DetectStage : Stage {
    explicit DetectStage(Behaviour its_behaviour) : behaviour(its_behaviour) {
        peer.emplace(io.get_executor());
        boost::asio::co_spawn(io, listen(), [](std::exception_ptr) {});
    }
    ~DetectStage() {
        peer.reset();
        settle();
    }
    DetectStage(const DetectStage&) = delete;
    DetectStage& operator=(const DetectStage&) = delete;

    awaitable<void> listen() {
        for (;;) {
            auto session = co_await peer->accept();
            ++connections;
            boost::asio::co_spawn(io, behaviour(*this, std::move(session)),
                                  [](std::exception_ptr) {});
        }
    }
    /// A request up to that byte, which is kept.
    awaitable<std::string> read_to(PeerSession& session, char last) {
        std::string text;
        do {
            const auto more = co_await session.read_some();
            text += more;
            heard += more;
        } while (text.find(last) == std::string::npos);
        co_return text;
    }
    awaitable<void> sleep(std::chrono::milliseconds time) {
        core::Event over(io.get_executor());
        core::Timer timer(timers, "peer");
        timer.start(time, [&] { over.set(); });
        co_await over.wait();
    }
    Detected look(core::CancelToken cancel = {}) {
        return finish_in_time(
            start(link::detect(timers, {.port = peer->port()}, {}, std::move(cancel))));
    }
    Detected finish_in_time(const Task<Detected>& task) {
        const auto begin = timers.now();
        constexpr auto step = 20ms;
        while (!task->done()) {
            io.restart();
            io.run_for(2ms);
            if (!task->done()) advance(step);
            if (timers.now() - begin > 60s) throw std::runtime_error("no verdict");
        }
        took = std::chrono::duration_cast<std::chrono::milliseconds>(timers.now() - begin);
        return finish(task);
    }

    Behaviour behaviour;
    std::optional<ScriptedPeer> peer;
    int connections = 0;
    std::string heard;  // by the peer, on all connections
    std::chrono::milliseconds took{0};
};

/// It parses what it has whenever something comes, as one JSON document.
awaitable<void> ahujasid(DetectStage& stage, PeerSession session, bool knows_ping,
                         std::chrono::milliseconds busy) {
    std::string buffer;
    for (;;) {
        const auto more = co_await session.read_some();
        stage.heard += more;
        buffer += more;
        while (!buffer.empty() && (buffer.back() == '\n' || buffer.back() == ' '))
            buffer.pop_back();
        if (!core::parse_json(buffer)) continue;  // for ever, after a NUL
        const bool is_ping = buffer.find("\"ping\"") != std::string::npos;
        const bool is_info = buffer.find("get_addon_info") != std::string::npos;
        auto reply = R"({"status": "error", "message": "Unknown command type: other"})"s;
        if (knows_ping && is_ping) reply = R"({"status": "success", "result": {"pong": true}})";
        if (knows_ping && is_info)
            reply = R"({"status": "success", "result": {"name": "MCP for Blender", )"
                    R"("addon_version": [1, 8], "protocol_version": 15, )"
                    R"("capabilities": ["get_scene_info"], "blender_version": "4.3.2"}})";
        buffer.clear();
        co_await stage.sleep(busy);
        co_await session.write(std::move(reply));
    }
}
awaitable<void> ahujasid_1(DetectStage& stage, PeerSession session) {
    return ahujasid(stage, std::move(session), false, 20ms);
}
awaitable<void> ahujasid_2(DetectStage& stage, PeerSession session) {
    return ahujasid(stage, std::move(session), true, 20ms);
}
awaitable<void> busy_ahujasid(DetectStage& stage, PeerSession session) {
    return ahujasid(stage, std::move(session), true, 2'600ms);
}

/// A request ends with a NUL and is looked for at each tick; who has none when it is evicted hears
/// so.
awaitable<void> lab(DetectStage& stage, PeerSession session, std::string reply_to_hello) {
    const auto tick = stage.connections == 1 ? 1'000ms : 250ms;  // idle, and after some work
    std::string request;
    while (request.find('\0') == std::string::npos) {
        const auto more = co_await session.read_some();
        stage.heard += more;
        request += more;
    }
    co_await stage.sleep(tick);
    auto reply = R"({"status": "error", "message": "Unknown request type: 'ping'"})"s;
    if (request.find("hello") != std::string::npos) reply = std::move(reply_to_hello);
    reply += '\0';
    co_await session.write(std::move(reply));
    session.close();
}
awaitable<void> blender_lab(DetectStage& stage, PeerSession session) {
    return lab(stage, std::move(session),
               R"({"status": "error", "message": "Unknown request type: 'hello'"})");
}
awaitable<void> connect_with_token(DetectStage& stage, PeerSession session) {
    return lab(stage, std::move(session),
               R"({"status": "error", "message": "Authentication required: automatic mode"})");
}
awaitable<void> connect_on_fixed_port(DetectStage& stage, PeerSession session) {
    return lab(
        stage, std::move(session),
        R"({"status": "ok", "result": {"protocolVersion": 1, "extensionVersion": "0.1.0"}})");
}

awaitable<void> djeada(DetectStage& stage, PeerSession session) {
    co_await stage.read_to(session, '\n');
    co_await session.write(
        "{\"id\": null, \"success\": false, \"error\": \"Unknown command: \"}\n");
    co_await session.wait_end();
}
awaitable<void> ageless(DetectStage& stage, PeerSession session) {
    co_await stage.read_to(session, '\n');
    co_await session.write(
        "{\"ok\": false, \"result\": null, \"error\": {\"code\": \"invalid_request\", "
        "\"message\": \"missing or invalid 'capability'\"}}\n");
    co_await session.wait_end();
}
awaitable<void> seed(DetectStage& stage, PeerSession session) {
    co_await stage.read_to(session, '}');
    co_await session.write(R"({"success":false,"error":"Unknown command"})");
    co_await session.wait_end();
}
awaitable<void> unknown_json(DetectStage& stage, PeerSession session) {
    co_await stage.read_to(session, '\n');
    co_await session.write("{\"jsonrpc\":\"2.0\",\"error\":{}}\n");
    co_await session.wait_end();
}

/// Four bytes of length, and no more than 100 MiB, as blend-ai's; or whatever is said.
awaitable<void> length_prefixed(DetectStage& stage, PeerSession session) {
    std::string bytes;
    for (;;) {
        bytes += co_await session.read_some();
        while (bytes.size() >= 4) {
            std::size_t size = 0;
            for (int i = 0; i < 4; ++i)
                size = size << 8U | static_cast<unsigned char>(bytes[static_cast<unsigned>(i)]);
            if (size > (100U << 20U)) {
                session.close();
                co_return;
            }
            if (bytes.size() < 4 + size) break;
            const auto json = bytes.substr(4, size);
            bytes.erase(0, 4 + size);
            const auto answer = core::parse_json(json) ? R"({"status":"ok","result":"pong"})"s
                                                       : R"({"status":"error"})"s;
            auto reply = "\0\0\0"s + static_cast<char>(answer.size()) + answer;
            co_await session.write(std::move(reply));
        }
        (void)stage;
    }
}
awaitable<void> greedy_length_prefixed(DetectStage& stage, PeerSession session) {
    stage.heard += co_await session.read_some();  // of 2 GB, it thinks
    co_await session.wait_end();
}

awaitable<void> own_runtime(DetectStage&, PeerSession session) {
    const auto first = co_await session.read_some();
    if (first[0] == '\0' && first.find(R"("hello")") != std::string::npos &&
        first.find("token") == std::string::npos)
        co_await session.write(frame(R"({"refused":{"link":1,"name":"blender-mcpd"}})"));
    session.close();
}

template <std::size_t size>
struct Text {
    char bytes[size];
    constexpr Text(const char (&text)[size]) { std::copy_n(text, size, bytes); }
    [[nodiscard]] std::string string() const { return {bytes, size - 1}; }
};
/// Says that once it was asked, and hangs up.
template <Text text>
awaitable<void> answers(DetectStage& stage, PeerSession session) {
    co_await stage.read_to(session, '\n');
    co_await session.write(text.string());
    session.close();
}
/// Says that unasked.
template <Text text>
awaitable<void> greets(DetectStage& stage, PeerSession session) {
    co_await session.write(text.string());
    stage.heard += co_await session.read_some();
}

awaitable<void> strict_tls(DetectStage&, PeerSession session) {
    const auto first = co_await session.read_some();
    if (first.starts_with("\x16\x03")) co_await session.write("\x15\x03\x01\0\x02\x02\x32"s);
    session.close();
}

awaitable<void> silent(DetectStage& stage, PeerSession session) {
    for (;;)
        stage.heard += co_await session.read_some();
}
awaitable<void> closes_at_once(DetectStage&, PeerSession session) {
    session.close();
    co_return;
}
awaitable<void> hangs_up_when_asked(DetectStage& stage, PeerSession session) {
    stage.heard += co_await session.read_some();
    session.reset();
}

}  // namespace

TEST_CASE("detect: what listens there, and in what time it is known") {
    const struct {
        const char* name;
        Behaviour behaviour;
        Family family;
        const char* description;
        std::chrono::milliseconds limit = 2s;
    } table[]{
        {"ahujasid, version 1", ahujasid_1, Family::ahujasid,
         "ahujasid/blender-mcp (an older version)"},
        {"ahujasid, version 2", ahujasid_2, Family::ahujasid,
         "(version 1.8, protocol 15, in Blender 4.3.2)"},
        {"ahujasid, while Blender is busy", busy_ahujasid, Family::ahujasid, "(a newer version)",
         4s},
        {"the Blender Lab's, idle", blender_lab, Family::lab, "the Blender Lab add-on"},
        {"blender-mcp-connect, with a token", connect_with_token, Family::connect,
         "blender-mcp-connect"},
        {"blender-mcp-connect, without", connect_on_fixed_port, Family::connect, "version 0.1.0"},
        {"djeada", djeada, Family::djeada, "djeada/blender-mcp-server"},
        {"ageless", ageless, Family::ageless, "ageless-h/blender-mcp"},
        {"seed", seed, Family::seed, "seed dialect"},
        {"a length before each message", length_prefixed, Family::length_prefixed, "blend-ai"},
        {"the same without a limit", greedy_length_prefixed, Family::silent, "answers nothing", 4s},
        {"our own runtime", own_runtime, Family::native, "blender-mcpd's own runtime"},
        {"JSON of no known kind", unknown_json, Family::unknown_json, "jsonrpc"},
        {"JSON that does not end", answers<R"({"status": "succ)">, Family::unknown_json, "succ"},
        {"an HTTP server",
         answers<"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nDate: x\r\n\r\nno">,
         Family::http, "an HTTP server (nginx/1.22.1)"},
        {"an HTTP server without a name", answers<"HTTP/1.1 400 Bad Request\r\n\r\n">, Family::http,
         "an HTTP server"},
        {"an HTTP server that takes it for HTTP 0.9", answers<"<!DOCTYPE HTML>\n<html>">,
         Family::http, "an HTTP server"},
        {"a TLS server", answers<"\x15\x03\x01\x00\x02\x02\x0a">, Family::tls, "TLS"},
        {"a TLS server that hangs up on who does not speak it", strict_tls, Family::tls, "TLS"},
        {"an SSH server", greets<"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n">, Family::ssh,
         "(SSH-2.0-OpenSSH_9.2p1 Debian-2)"},
        {"one that talks first", greets<"220 mail.test ESMTP\r\n">, Family::other,
         "(220 mail.test ESMTP)"},
        {"one that answers in its own language", answers<"-ERR unknown command\r\n">, Family::other,
         "-ERR unknown command"},
        {"one with controls in its answer", answers<"\x1b[2J\n">, Family::other, "\\x1b"},
        {"one that says nothing", silent, Family::silent, "answers nothing", 4s},
        {"one that closes at once", closes_at_once, Family::closes, "closes connections"},
        {"one that hangs up when asked", hangs_up_when_asked, Family::closes, "closes connections"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        DetectStage stage(row.behaviour);
        const auto found = stage.look();
        CHECK(found.family == row.family);
        CHECK_THAT(found.description, ContainsSubstring(row.description));
        CHECK(stage.took <= row.limit);
        CHECK(stage.connections <= 4);
        CHECK(std::ranges::count(stage.timers.armed(), "link.detect") == 0);
        // It can be used, or somebody is told what to do.
        CHECK(found.dialect.has_value() == found.remedy.empty());
        // No NUL before the question.
        CHECK(stage.heard.find('\0') >= std::min(stage.heard.find('\n'), stage.heard.size()));
    }
}

TEST_CASE("detect: nobody listens") {
    DetectStage stage(silent);
    const auto port = stage.peer->port();
    stage.peer->stop();
    const auto found =
        stage.finish_in_time(stage.start(link::detect(stage.timers, {.port = port}, {}, {})));
    CHECK(found.family == Family::nothing);
    CHECK(stage.took <= 2s);
    CHECK_FALSE(link::may_be_blender(found.family));
}

TEST_CASE("detect: a connect that nobody answers") {
    // A queue that is full: the kernel answers no further connect.
    Stage opened;
    boost::asio::ip::tcp::acceptor acceptor(opened.io);
    acceptor.open(boost::asio::ip::tcp::v4());
    acceptor.bind({boost::asio::ip::address_v4::loopback(), 0});
    acceptor.listen(0);
    std::vector<boost::asio::ip::tcp::socket> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.emplace_back(opened.io);
        waiting.back().async_connect(acceptor.local_endpoint(), [](auto) {});
    }
    opened.settle();
    const link::Endpoint endpoint{.port = acceptor.local_endpoint().port()};
    const auto look = opened.start(link::detect(opened.timers, endpoint, {}, {}));
    opened.until([&] { return !opened.timers.armed().empty(); });
    CHECK_FALSE(look->done());
    opened.advance(2s);
    const auto found = opened.finish(look);
    CHECK(found.family == Family::unreachable);
    CHECK_THAT(found.description, ContainsSubstring("did not answer the connect within 1.5 s"));
    waiting.clear();
}

TEST_CASE("detect: a busy add-on gets no second request, and a usable one keeps what it is") {
    DetectStage stage(busy_ahujasid);
    stage.look();
    CHECK(stage.heard.find("execute") == std::string::npos);
    // The NUL came alone, after the question was read.
    CHECK(stage.heard.find(link::probe_question) == 0);
    CHECK(stage.heard[link::probe_question.size()] == '\0');
}

TEST_CASE("detect: a cancelled look ends at once") {
    DetectStage stage(silent);
    core::CancelSource cancel;
    const auto look =
        stage.start(link::detect(stage.timers, {.port = stage.peer->port()}, {}, cancel.token()));
    stage.until([&] { return stage.connections == 1; });
    cancel.cancel(core::CancelReason::shutdown);
    CHECK(stage.finish(look).family == Family::undecided);
    CHECK(stage.timers.armed().empty());
}

TEST_CASE("detect: an answer that comes in pieces is one") {
    const std::string answers[]{
        R"({"status": "success", "result": {"pong": true}})",
        "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "{\"id\": null, \"success\": false}\n",
    };
    for (const auto& answer : answers) {
        const auto whole = link::judge(answer, true);
        REQUIRE(whole);
        for (std::size_t size = 0; size < answer.size(); ++size) {
            const auto part = link::judge(std::string_view(answer).substr(0, size), false);
            INFO(answer.substr(0, size));
            CHECK((!part || part->family == whole->family));
        }
    }
    const std::string endless(link::max_heard_bytes, 'x');
    CHECK(link::judge(endless, false)->family == Family::other);
}

TEST_CASE("detect: what may be a Blender with somebody's scene") {
    for (const auto family : {Family::ahujasid, Family::lab, Family::silent, Family::unknown_json,
                              Family::native, Family::length_prefixed})
        CHECK(link::may_be_blender(family));
    for (const auto family : {Family::http, Family::tls, Family::ssh, Family::other, Family::closes,
                              Family::nothing, Family::unreachable, Family::undecided})
        CHECK_FALSE(link::may_be_blender(family));
}
