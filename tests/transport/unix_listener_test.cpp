// Many clients on one socket.
#include "unix_stage.hpp"

#include <algorithm>
#include <chrono>

#include <support/captured_log.hpp>
#include <sys/resource.h>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

boost::asio::awaitable<void> note_finished(UnixListener& listener, bool& finished) {
    co_await listener.finished();
    finished = true;
}

/// Takes every descriptor that this process may have.
class NoDescriptors {
  public:
    NoDescriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        // Those that are open stay so; taking thousands would take long.
        const rlimit few{128, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
        for (int fd = dup(0); fd >= 0; fd = dup(0))
            taken_.push_back(fd);
    }
    ~NoDescriptors() { release(); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

    void release() {
        for (const int fd : taken_)
            close(fd);
        taken_.clear();
        setrlimit(RLIMIT_NOFILE, &before_);
    }

  private:
    rlimit before_{};
    std::vector<int> taken_;
};

}  // namespace

TEST_CASE("each connection is a client with a name and ids of its own") {
    UnixStage stage;
    stage.start();
    const auto first = stage.connect();
    const auto second = stage.connect();
    CHECK(stage.connected() == 2);
    CHECK_THAT(stage.ask(*first, call(1, "who")), ContainsSubstring("client-1"));
    CHECK_THAT(stage.ask(*second, call(1, "who")), ContainsSubstring("client-2"));

    // The same id is open in both; each gets its own answer.
    CHECK(stage.ask(*first, call(7, "slow")).empty());
    CHECK(stage.ask(*second, call(7, "slow")).empty());
    CHECK(stage
              .ask(*second, R"({"jsonrpc":"2.0","method":"notifications/cancelled",)"
                            R"("params":{"requestId":7}})"
                            "\n")
              .empty());
    CHECK(stage.ask(*second, ping(8)) == pong(8) + "\n");
    stage.gate.set();
    stage.settle();
    CHECK_THAT(first->read(), ContainsSubstring("\"id\":7") && ContainsSubstring("released"));
    CHECK(second->read().empty());
}

TEST_CASE("who connects before it runs is served then") {
    UnixStage stage;
    auto opened = stage.open();
    REQUIRE(opened.has_value());
    Client client;
    REQUIRE(connect_to(client.fd(), stage.options.path) == 0);
    client.write(ping(1));
    stage.settle();
    CHECK(client.read().empty());
    opened->reset();
    stage.start();
    Client later;
    REQUIRE(connect_to(later.fd(), stage.options.path) == 0);
    later.write(ping(2));
    stage.settle();
    CHECK(later.read() == pong(2) + "\n");
}

TEST_CASE("a line over the limit is refused, and the next one is read") {
    UnixStage stage;
    stage.options.lines.max_line_bytes = 1'000;
    stage.start();
    const auto client = stage.connect();
    CHECK_THAT(stage.ask(*client, std::string(1'001, 'x') + "\n"),
               ContainsSubstring("longer than the limit of 1000 bytes"));
    CHECK(stage.ask(*client, ping(1)) == pong(1) + "\n");
}

TEST_CASE("one client too many is told so") {
    const test::CapturedLog log;
    UnixStage stage;
    stage.options.max_connections = 2;
    stage.start();
    auto first = stage.connect();
    const auto second = stage.connect();
    for (int i = 0; i < 3; ++i) {
        const auto third = stage.connect();
        const auto line = third->read();
        CHECK_THAT(line, ContainsSubstring(R"("jsonrpc":"2.0")") && ContainsSubstring("-32603") &&
                             ContainsSubstring("socket.max_connections"));
        CHECK(line.ends_with("}\n"));
        CHECK(line.find("\"id\"") == std::string::npos);
        CHECK(at_end(*third));
    }
    CHECK(log.count("more are refused") == 1);
    CHECK(stage.connected() == 2);
    CHECK(stage.ask(*second, ping(1)) == pong(1) + "\n");

    // Who leaves makes room.
    first->close();
    stage.settle();
    CHECK(stage.connected() == 1);
    const auto fourth = stage.connect();
    CHECK(stage.ask(*fourth, ping(2)) == pong(2) + "\n");
    const auto fifth = stage.connect();
    CHECK_THAT(fifth->read(), ContainsSubstring("Too many clients"));
    CHECK(log.count("more are refused") == 2);
}

TEST_CASE("a client that was refused while it sent gets the reason all the same") {
    UnixStage stage;
    stage.options.max_connections = 1;
    stage.start();
    const auto first = stage.connect();
    Client second;
    REQUIRE(connect_to(second.fd(), stage.options.path) == 0);
    second.write(ping(1) + ping(2));
    stage.settle();
    CHECK_THAT(second.read(), ContainsSubstring("Too many clients"));
}

TEST_CASE("another user is refused") {
    if (geteuid() != 0) return;  // only root can be another user
    const test::CapturedLog log;
    UnixStage stage;
    stage.start();
    // Somebody has opened the doors.
    for (const auto& path : {stage.folder.path.string(), stage.folder / "own"})
        std::filesystem::permissions(path, std::filesystem::perms::all);
    std::filesystem::permissions(stage.options.path, std::filesystem::perms::all);
    Client client;
    REQUIRE(seteuid(65'534) == 0);
    const int connected = connect_to(client.fd(), stage.options.path);
    REQUIRE(seteuid(0) == 0);
    REQUIRE(connected == 0);
    stage.settle();
    CHECK(at_end(client));
    CHECK(log.count("another user") == 1);
    CHECK(stage.connected() == 0);
    const auto ours = stage.connect();
    CHECK(stage.ask(*ours, ping(1)) == pong(1) + "\n");
}

TEST_CASE("without descriptors it waits, and does not spin") {
    const test::CapturedLog log;
    UnixStage stage;
    stage.start();
    const auto first = stage.connect();
    Client second;
    NoDescriptors none;
    REQUIRE(connect_to(second.fd(), stage.options.path) == 0);
    second.write(ping(2));
    for (int i = 0; i < 5; ++i) {
        stage.settle();  // would not return if it tried again at once
        CHECK(stage.loop.timers.armed() == std::vector<std::string>{"accept pause"});
        stage.loop.advance(100ms);
    }
    CHECK(log.count("clients must wait") == 1);
    // Those who are there do not notice.
    CHECK(stage.ask(*first, ping(1)) == pong(1) + "\n");
    SECTION("until there are some again") {
        none.release();
        stage.settle();
        CHECK(second.read().empty());
        stage.loop.advance(100ms);
        stage.settle();
        CHECK(second.read() == pong(2) + "\n");
    }
    SECTION("until it is stopped") {
        stage.listener->stop(core::CancelReason::shutdown);
        stage.settle();
        CHECK(stage.ended);
        none.release();
    }
}

TEST_CASE("a client that closes its side gets its answers and the end") {
    UnixStage stage;
    stage.start();
    const auto client = stage.connect();
    const auto other = stage.connect();
    SECTION("at once") {
        client->write(ping(1));
        shutdown(client->fd(), SHUT_WR);
        stage.settle();
        CHECK(client->read() == pong(1) + "\n");
    }
    SECTION("of a call that takes longer than the drain time: that it was cancelled") {
        client->write(call(1, "slow"));
        shutdown(client->fd(), SHUT_WR);
        stage.settle();
        stage.loop.advance(999ms);
        CHECK(client->read().empty());
        stage.loop.advance(1ms);
        stage.settle();
        CHECK_THAT(client->read(), ContainsSubstring("shutting down"));
    }
    CHECK(at_end(*client));
    CHECK(stage.connected() == 1);
    CHECK(stage.ask(*other, ping(2)) == pong(2) + "\n");
}

TEST_CASE("a client that dies takes its calls along, and nobody else's") {
    UnixStage stage;
    stage.start();
    auto client = stage.connect();
    const auto other = stage.connect();
    CHECK(stage.ask(*client, call(1, "slow") + call(2, "big")).size() > 1'000);
    CHECK(stage.ask(*other, call(1, "slow")).empty());
    client->close();
    stage.settle();
    stage.loop.advance(1s);
    stage.settle();
    CHECK(stage.connected() == 1);
    stage.gate.set();
    stage.settle();
    CHECK_THAT(other->read(), ContainsSubstring("released"));
}

TEST_CASE("a client that does not read holds nobody else up") {
    UnixStage stage;
    stage.options.lines.max_outbox_bytes = 10'000;
    stage.start();
    const auto client = stage.connect();
    const auto other = stage.connect();
    std::string rest;
    int asked = 0;
    for (; rest.empty() && asked < 10'000; ++asked) {
        rest = call(asked + 1, "big");
        rest.erase(0, client->write(rest));
        stage.settle();
    }
    REQUIRE_FALSE(rest.empty());  // nothing goes in any more
    for (int id = 1; id < 50; ++id)
        CHECK(stage.ask(*other, ping(id)) == pong(id) + "\n");
    // What it has asked for comes when it reads.
    std::ptrdiff_t answers = 0;
    for (int idle = 0; idle < 10; ++idle) {
        stage.settle();
        rest.erase(0, client->write(rest));
        const auto got = client->read();
        answers += std::count(got.begin(), got.end(), '\n');
        if (!got.empty()) idle = 0;
    }
    CHECK(answers == asked);
}

TEST_CASE("stop ends every conversation") {
    UnixStage stage;
    stage.start();
    bool finished = false;
    stage.loop.spawn(note_finished(*stage.listener, finished));
    const auto idle = stage.connect();
    const auto busy = stage.connect();
    CHECK(stage.ask(*busy, call(1, "slow")).empty());
    SECTION("at once when nobody is connected") {
        idle->close();
        busy->close();
        stage.settle();
        stage.gate.set();
        stage.settle();
        stage.listener->stop(core::CancelReason::shutdown);
        stage.settle();
    }
    SECTION("and answers what runs") {
        stage.listener->stop(core::CancelReason::shutdown);
        stage.settle();
        CHECK(at_end(*idle));
        CHECK_THAT(busy->read(), ContainsSubstring("shutting down"));
        CHECK(at_end(*busy));
    }
    SECTION("twice") {
        stage.listener->stop(core::CancelReason::shutdown);
        stage.listener->stop(core::CancelReason::shutdown);
        stage.settle();
    }
    SECTION("and waits for a call that does not listen") {
        CHECK(stage.ask(*idle, call(1, "deaf")).empty());
        stage.listener->stop(core::CancelReason::shutdown);
        stage.settle();
        CHECK_FALSE(finished);
        CHECK(stage.connected() == 1);
        stage.gate.set();
        stage.settle();
        CHECK_THAT(idle->read(), ContainsSubstring("released"));
    }
    SECTION("and waits for a client that does not read, but not for long") {
        for (int id = 2; id < 5; ++id)
            idle->write(call(id, "big"));
        stage.settle();
        stage.listener->stop(core::CancelReason::shutdown);
        stage.settle();
        CHECK_FALSE(finished);
        stage.loop.advance(500ms);
        stage.settle();
    }
    CHECK(finished);
    CHECK(stage.connected() == 0);
    Client late;
    CHECK(connect_to(late.fd(), stage.options.path) != 0);
    CHECK(errno == ENOENT);
}

TEST_CASE("the descriptors of connections are not for child processes") {
    UnixStage stage;
    stage.start();
    const auto client = stage.connect();
    // All of this process that are sockets and not the test's own.
    int sockets = 0;
    for (int fd = 3; fd < 256; ++fd) {
        const int flags = fcntl(fd, F_GETFD);
        if (flags < 0) continue;
        struct stat info {};
        if (fstat(fd, &info) != 0 || !S_ISSOCK(info.st_mode)) continue;
        ++sockets;
        CHECK((flags & FD_CLOEXEC) != 0);
    }
    CHECK(sockets >= 3);
}

}  // namespace blender_mcpd::transport
