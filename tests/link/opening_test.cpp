// Opening a connection: names and addresses, refusals, hellos, time limits. Names come from a
// resolver of our own.
#include "stage.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using boost::asio::ip::tcp;

namespace {

/// What getaddrinfo() below knows. "slow.test" is not answered before release().
class Names {
  public:
    void release() {
        const std::lock_guard lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return std::exchange(released_, false); });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool released_ = false;
};

Names& names() {
    static Names instance;
    return instance;
}

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

int system_getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                       addrinfo** result) {
    static const auto real = reinterpret_cast<GetAddrInfo>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, result);
}

}  // namespace

// Stands before the C library's: "a+b.test" has the two addresses a and b.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
    const std::string name = node ? node : "";
    if (name == "slow.test") {
        names().wait();
        return system_getaddrinfo("127.0.0.1", service, hints, result);
    }
    if (name == "unknown.test") return EAI_NONAME;
    const auto plus = name.find('+');
    if (plus == std::string::npos) return system_getaddrinfo(node, service, hints, result);
    const auto second = name.substr(plus + 1, name.size() - plus - 1 - std::strlen(".test"));
    if (const int error = system_getaddrinfo(name.substr(0, plus).c_str(), service, hints, result))
        return error;
    return system_getaddrinfo(second.c_str(), service, hints, &(*result)->ai_next);
}

namespace {

using Opened = core::Result<std::shared_ptr<link::Connection>>;

constexpr link::ConnectionOptions options{.connect_timeout = 5s};

/// Nothing of an attempt is left behind.
struct OpeningStage : Stage {
    ~OpeningStage() {
        until_quiet();
        CHECK(open_files() == files);
    }
    Task<Opened> open(std::uint16_t port, std::string host = "127.0.0.1",
                      core::CancelToken cancel = {}) {
        return start(link::Connection::open(timers, {std::move(host), port}, "to\"ken", options,
                                            std::move(cancel)));
    }
    decltype(open_files()) files = open_files();
};

std::uint16_t free_port() {
    boost::asio::io_context io;
    return ScriptedPeer(io.get_executor()).port();
}

/// A port that accepts nothing: its queue is full, so that connects hang.
struct FullPort {
    explicit FullPort(boost::asio::io_context& io) : acceptor(io), filler(io) {
        acceptor.open(tcp::v4());
        acceptor.bind({boost::asio::ip::address_v4::loopback(), 0});
        acceptor.listen(0);
        filler.connect(acceptor.local_endpoint());
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    tcp::acceptor acceptor;
    tcp::socket filler;
};

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(fd, level, name, &value, &size);
    return value;
}

}  // namespace

TEST_CASE("hellos are exchanged") {
    OpeningStage stage;
    ScriptedPeer peer(stage.io.get_executor());
    const auto opening = stage.open(peer.port());
    auto session = stage.run(peer.accept());
    const auto hello = core::parse_json(stage.run(session.welcome())).value()["hello"];
    CHECK(hello["link"] == 1);
    CHECK(hello["token"] == "to\"ken");
    auto connection = stage.finish(opening).value();
    CHECK(connection->usable());
    CHECK(stage.timers.armed().empty());
}

TEST_CASE("the hello may come in pieces") {
    OpeningStage stage;
    ScriptedPeer peer(stage.io.get_executor());
    const auto opening = stage.open(peer.port());
    auto session = stage.run(peer.accept());
    stage.run(session.read_json());
    stage.run(session.write_slowly(frame(ScriptedPeer::hello)));
    CHECK(stage.finish(opening));
}

TEST_CASE("sockets do not leak into child processes, send at once and are kept alive") {
    OpeningStage stage;
    ScriptedPeer peer(stage.io.get_executor());
    const auto opening = stage.open(peer.port());
    const auto session = stage.run(peer.welcome());
    const auto connection = stage.finish(opening).value();
    const int fd = socket_to(peer.port());
    REQUIRE(fd >= 0);
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
    CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 30);
}

TEST_CASE("a refused connect says so") {
    OpeningStage stage;
    const auto port = free_port();
    const auto error = stage.finish(stage.open(port)).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK(error.outcome == Outcome::not_applied);
    CHECK(error.message ==
          "Connection failed: Connection refused (127.0.0.1:" + std::to_string(port) + ")");
    CHECK_FALSE(error.remedy.empty());
}

TEST_CASE("the port of an unreachable IPv6 address is readable") {
    OpeningStage stage;
    const auto error = stage.finish(stage.open(1, "::1")).error();
    CHECK_THAT(error.message, ContainsSubstring("([::1]:1)"));
}

TEST_CASE("all addresses of a name are tried") {
    OpeningStage stage;
    ScriptedPeer peer(stage.io.get_executor());
    for (const auto* host : {"127.0.0.2+127.0.0.1.test", "127.0.0.1+127.0.0.2.test"}) {
        const auto opening = stage.open(peer.port(), host);
        auto session = stage.run(peer.welcome());
        CHECK(stage.finish(opening));
    }
    peer.stop();
    const auto error = stage.finish(stage.open(free_port(), "127.0.0.2+127.0.0.1.test")).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK_THAT(error.message,
               ContainsSubstring("127.0.0.2: Connection refused, 127.0.0.1: Connection refused"));
}

TEST_CASE("localhost is resolved by the system") {
    OpeningStage stage;
    ScriptedPeer peer(stage.io.get_executor());
    const auto opening = stage.open(peer.port(), "localhost");
    auto session = stage.run(peer.welcome());
    CHECK(stage.finish(opening));
}

TEST_CASE("an address that does not answer gets its share of the time only") {
    OpeningStage stage;
    FullPort full(stage.io);
    ScriptedPeer peer(stage.io.get_executor(), "127.0.0.2", full.port());
    const auto opening = stage.open(full.port(), "127.0.0.1+127.0.0.2.test");
    stage.until([&] { return stage.timers.armed().size() == 2; });
    stage.advance(2499ms);
    CHECK(stage.timers.armed().size() == 2);
    stage.advance(1ms);
    auto session = stage.run(peer.welcome());
    CHECK(stage.finish(opening));
}

TEST_CASE("a name that does not exist says so") {
    OpeningStage stage;
    const auto error = stage.finish(stage.open(1, "unknown.test")).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK_THAT(error.message, ContainsSubstring("Host not found"));
    CHECK_THAT(error.message, ContainsSubstring("unknown.test:1"));
}

TEST_CASE("every stage has a message for its time limit") {
    SECTION("resolve: the system's resolver is not waited for") {
        OpeningStage stage;
        const auto opening = stage.open(9, "slow.test");
        stage.advance(5s);
        const auto error = stage.finish(opening).error();
        names().release();
        CHECK(error.code == ErrorCode::timeout);
        CHECK(error.message ==
              "Connection timeout: the name was not resolved within 5 s (slow.test:9)");
    }
    SECTION("connect") {
        OpeningStage stage;
        FullPort full(stage.io);
        const auto opening = stage.open(full.port());
        stage.advance(4999ms);
        CHECK_FALSE(opening->done());
        stage.advance(1ms);
        const auto error = stage.finish(opening).error();
        CHECK(error.code == ErrorCode::timeout);
        CHECK_THAT(error.message, ContainsSubstring("did not answer the connect within 5 s"));
    }
    SECTION("hello") {
        OpeningStage stage;
        ScriptedPeer peer(stage.io.get_executor());
        const auto opening = stage.open(peer.port());
        auto session = stage.run(peer.accept());
        stage.run(session.read_json());
        stage.run(session.write(frame(ScriptedPeer::hello).substr(0, 20)));
        stage.run(session.delivered());
        stage.advance(5s);
        const auto error = stage.finish(opening).error();
        CHECK(error.code == ErrorCode::timeout);
        CHECK_THAT(error.message, ContainsSubstring("did not say hello within 5 s"));
        stage.run(session.wait_end());
    }
}

TEST_CASE("every stage can be cancelled") {
    SECTION("before it begins") {
        OpeningStage stage;
        core::CancelSource cancel;
        cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(stage.open(1, "127.0.0.1", cancel.token())).error().code ==
              ErrorCode::cancelled);
    }
    SECTION("resolve") {
        OpeningStage stage;
        core::CancelSource cancel;
        const auto opening = stage.open(1, "slow.test", cancel.token());
        cancel.cancel(core::CancelReason::shutdown);
        CHECK(stage.finish(opening).error().code == ErrorCode::shutting_down);
        names().release();
    }
    SECTION("connect") {
        OpeningStage stage;
        FullPort full(stage.io);
        core::CancelSource cancel;
        const auto opening = stage.open(full.port(), "127.0.0.1", cancel.token());
        cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(opening).error().code == ErrorCode::cancelled);
    }
    SECTION("hello") {
        OpeningStage stage;
        ScriptedPeer peer(stage.io.get_executor());
        core::CancelSource cancel;
        const auto opening = stage.open(peer.port(), "127.0.0.1", cancel.token());
        auto session = stage.run(peer.accept());
        stage.run(session.read_json());
        cancel.cancel(core::CancelReason::client);
        CHECK(stage.finish(opening).error().code == ErrorCode::cancelled);
        stage.run(session.wait_end());
    }
}

TEST_CASE("a peer that closes without a word: the token may be wrong") {
    for (const bool reset : {false, true}) {
        OpeningStage stage;
        ScriptedPeer peer(stage.io.get_executor());
        const auto opening = stage.open(peer.port());
        auto session = stage.run(peer.accept());
        stage.run(session.read_json());
        reset ? session.reset() : session.close();
        const auto error = stage.finish(opening).error();
        CHECK(error.code == ErrorCode::connection);
        CHECK_THAT(error.message, ContainsSubstring("closed it without a hello"));
        CHECK_THAT(error.remedy, ContainsSubstring("token"));
    }
}

TEST_CASE("something else that listens there is recognised") {
    const struct {
        const char* name;
        std::string bytes;
        const char* message;
    } table[]{
        {"a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", "more than the limit of 65536 bytes"},
        {"a reply", frame(R"({"id":1,"ok":true,"result":{}})"), "other than its hello"},
        {"another version", frame(R"({"hello":{"link":2}})"), "not link 1"},
        {"no JSON", frame("hello"), "invalid JSON"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        OpeningStage stage;
        ScriptedPeer peer(stage.io.get_executor());
        const auto opening = stage.open(peer.port());
        auto session = stage.run(peer.accept());
        stage.run(session.read_json());
        stage.run(session.write(row.bytes));
        const auto error = stage.finish(opening).error();
        CHECK(error.code == ErrorCode::protocol);
        CHECK(error.message.starts_with("Connection failed: "));
        CHECK_THAT(error.message, ContainsSubstring(row.message));
        CHECK_THAT(error.remedy, ContainsSubstring("Check the port"));
        stage.run(session.wait_end());
    }
}

TEST_CASE("bytes behind the hello make the connection unusable") {
    OpeningStage stage;
    ScriptedPeer peer(stage.io.get_executor());
    const auto opening = stage.open(peer.port());
    auto session = stage.run(peer.accept());
    stage.run(session.read_json());
    stage.run(session.write(frame(ScriptedPeer::hello) + "x"));
    CHECK_FALSE(stage.finish(opening).value()->usable());
}
