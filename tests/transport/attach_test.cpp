// Finding out whether a daemon is there.
#include "unix_stage.hpp"

#include <blender_mcpd/transport/attach.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

using Attached = core::Result<Attachment>;

boost::asio::awaitable<void> store(core::Timers& timers, std::string path,
                                   std::optional<Attached>& into) {
    into.emplace(co_await attach(timers, std::move(path), 200ms));
}

struct AttachStage : UnixStage {
    /// The outcome, as far as it is known without time passing.
    std::optional<Attached>& attach_now() {
        loop.spawn(store(loop.timers, options.path, outcome));
        settle();
        return outcome;
    }
    void check_refused(core::ErrorCode code, std::string_view what) {
        REQUIRE(outcome);
        REQUIRE_FALSE(outcome->has_value());
        CHECK(outcome->error().code == code);
        CHECK_THAT(core::describe(outcome->error()), ContainsSubstring(std::string(what)) &&
                                                         ContainsSubstring(options.path) &&
                                                         ContainsSubstring("blender-mcpd serve"));
    }
    ~AttachStage() { outcome.reset(); }
    AttachStage() { options.path = folder / "daemon.sock"; }

    std::optional<Attached> outcome;
};

/// A daemon of a test's own making.
struct ScriptedDaemon {
    explicit ScriptedDaemon(const std::string& path) : listening(listen_on(path)) {}
    ~ScriptedDaemon() { close(listening); }
    ScriptedDaemon(const ScriptedDaemon&) = delete;
    ScriptedDaemon& operator=(const ScriptedDaemon&) = delete;

    /// Reads the question.
    std::string accept() {
        end.reset(::accept(listening, nullptr, nullptr));
        return end.read();
    }
    int listening;
    End end;
};

}  // namespace

TEST_CASE("a daemon that serves is attached to") {
    AttachStage stage;
    stage.start();
    const auto& outcome = stage.attach_now();
    REQUIRE(outcome);
    REQUIRE(outcome->has_value());
    const auto& daemon = outcome->value();
    CHECK(daemon.version == "1.2.3");
    CHECK(daemon.process == getpid());
    CHECK(daemon.received.empty());
    // The conversation starts as if nothing had been.
    End client(dup(stage.outcome->value().socket.native_handle()));
    client.recording = std::make_shared<test::Recording>("lines");
    CHECK_THAT(stage.ask(client, R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{)"
                                 R"("protocolVersion":"2024-11-05","capabilities":{},)"
                                 R"("clientInfo":{"name":"c","version":"1"}}})"
                                 "\n"),
               ContainsSubstring(R"("protocolVersion":"2024-11-05")"));
}

TEST_CASE("no daemon: it is known without time passing") {
    AttachStage stage;
    SECTION("no socket") {
        stage.attach_now();
        stage.check_refused(core::ErrorCode::not_found, "does not exist");
    }
    SECTION("no folder") {
        stage.options.path = stage.folder / "none/daemon.sock";
        stage.attach_now();
        stage.check_refused(core::ErrorCode::not_found, "does not exist");
    }
    SECTION("a dead one's socket") {
        close(listen_on(stage.options.path));
        stage.attach_now();
        stage.check_refused(core::ErrorCode::not_found, "gone");
    }
    SECTION("a path that is too long") {
        stage.options.path = stage.folder / std::string(200, 'x');
        stage.attach_now();
        stage.check_refused(core::ErrorCode::unavailable, "cannot be used");
    }
    SECTION("another user's") {
        if (geteuid() != 0) return;
        ScriptedDaemon daemon(stage.folder / "other.sock");
        std::filesystem::permissions(stage.folder.path, std::filesystem::perms::all);
        REQUIRE(seteuid(65'534) == 0);
        const int theirs = listen_on(stage.options.path);
        REQUIRE(seteuid(0) == 0);
        REQUIRE(theirs >= 0);
        stage.attach_now();
        stage.check_refused(core::ErrorCode::unavailable, "another user");
        close(theirs);
    }
}

TEST_CASE("a daemon that takes no more clients is not attached to") {
    AttachStage stage;
    stage.options.max_connections = 1;
    stage.start();
    const auto first = stage.connect();
    stage.attach_now();
    stage.check_refused(core::ErrorCode::busy, "Too many clients");
}

TEST_CASE("what listens there is asked, and must answer in time") {
    AttachStage stage;
    ScriptedDaemon daemon(stage.options.path);
    stage.attach_now();
    REQUIRE_FALSE(stage.outcome);
    SECTION("nothing comes") {
        stage.loop.advance(199ms);
        CHECK_FALSE(stage.outcome);
        stage.loop.advance(1ms);
        stage.check_refused(core::ErrorCode::timeout, "does not answer");
        return;
    }
    CHECK_THAT(daemon.accept(), ContainsSubstring("server/discover") &&
                                    ContainsSubstring("2026-07-28") && ContainsSubstring("}\n"));
    SECTION("it hangs up") {
        daemon.end.close();
        stage.settle();
        stage.check_refused(core::ErrorCode::unavailable, "hung up");
    }
    SECTION("it is something else") {
        daemon.end.write("220 mail.example.org ESMTP\r\n");
        stage.settle();
        stage.check_refused(core::ErrorCode::unavailable, "does not speak MCP");
    }
    SECTION("it talks without end") {
        const std::string noise(100'000, 'x');
        for (int i = 0; i < 1'000 && !stage.outcome; ++i) {
            daemon.end.write(noise);
            stage.settle();
        }
        stage.check_refused(core::ErrorCode::unavailable, "does not speak MCP");
    }
    SECTION("half an answer is none") {
        daemon.end.write(R"({"jsonrpc":"2.0","id":"blender-mcpd-attach")");
        stage.settle();
        CHECK_FALSE(stage.outcome);
        stage.loop.advance(200ms);
        stage.check_refused(core::ErrorCode::timeout, "does not answer");
    }
    SECTION("one that knows no server/discover is fine") {
        daemon.end.write(R"({"jsonrpc":"2.0","id":"blender-mcpd-attach","error":{"code":-32601,)"
                         R"("message":"Method not found"}})"
                         "\n");
        stage.settle();
        REQUIRE(stage.outcome->has_value());
        CHECK(stage.outcome->value().version.empty());
    }
    SECTION("what comes with the answer is kept, what comes before is not") {
        daemon.end.write(R"({"jsonrpc":"2.0","method":"notifications/early"})"
                         "\n"
                         R"({"jsonrpc":"2.0","id":"blender-mcpd-attach","result":{}})"
                         "\n"
                         R"({"jsonrpc":"2.0","method":"notifications/la)");
        stage.settle();
        REQUIRE(stage.outcome->has_value());
        CHECK(stage.outcome->value().received == R"({"jsonrpc":"2.0","method":"notifications/la)");
    }
}

TEST_CASE("a daemon whose queue is full is not waited for") {
    AttachStage stage;
    ScriptedDaemon daemon(stage.options.path);
    std::vector<std::unique_ptr<End>> queue;
    for (;;) {
        queue.push_back(std::make_unique<End>(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)));
        if (connect_to(queue.back()->fd(), stage.options.path) != 0) break;
        REQUIRE(queue.size() < 1'000);
    }
    stage.attach_now();
    stage.check_refused(core::ErrorCode::timeout, "does not answer");
}

}  // namespace blender_mcpd::transport
