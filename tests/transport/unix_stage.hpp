// A listening Unix socket with fake tools, and its clients; time stands still.
#pragma once

#include "pipes.hpp"
#include "temp_folder.hpp"
#include "waiting_tools.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/transport/unix_listener.hpp>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <sys/socket.h>
#include <sys/un.h>

namespace blender_mcpd::transport {

inline sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

inline int unconnected() {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

inline int connect_to(int fd, const std::string& path) {
    const auto address = address_of(path);
    return connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

/// Listens, as a foreign program would.
inline int listen_on(const std::string& path) {
    const auto address = address_of(path);
    const int fd = unconnected();
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(fd, 5) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/// A client that is not connected yet.
struct Client : End {
    Client() : End(unconnected()) { recording = std::make_shared<test::Recording>("lines"); }
};

/// Nothing is there to read, and nothing will be.
inline bool at_end(End& end) {
    char byte = 0;
    return read(end.fd(), &byte, 1) == 0;
}

struct UnixStage {
    ~UnixStage() {
        gate.set();
        if (listener) {
            listener->stop(core::CancelReason::closed);
            settle();
            CHECK(ended);
            listener.reset();
        }
        CHECK(loop.timers.armed().empty());
    }
    UnixStage() = default;
    UnixStage(const UnixStage&) = delete;
    UnixStage& operator=(const UnixStage&) = delete;

    core::Result<std::unique_ptr<UnixListener>> open() {
        return UnixListener::open(loop.timers, server, options);
    }
    void start() {
        auto opened = open();
        REQUIRE(opened.has_value());
        listener = std::move(*opened);
        loop.spawn(run(*listener, ended));
    }
    void settle() {
        for (int i = 0; i < 3; ++i)
            loop.settle();
    }
    /// A connected client. What it writes before the loop runs waits.
    std::unique_ptr<End> connect() {
        auto client = std::make_unique<Client>();
        REQUIRE(connect_to(client->fd(), options.path) == 0);
        settle();
        return client;
    }
    std::string ask(End& client, std::string_view line) {
        REQUIRE(client.write(line) == line.size());
        settle();
        return client.read();
    }
    [[nodiscard]] std::int64_t connected() const { return metrics.value(unix_connections); }

    test::ManualLoop loop;
    core::Metrics metrics;
    core::Event gate{loop.io.get_executor()};
    mcp::Server server{
        loop.timers, metrics, {"test", "Test", "1.2.3", ""}, waiting_tools(gate), {}};
    TempFolder folder;
    UnixOptions options = options_for(folder / "own/daemon.sock");
    std::unique_ptr<UnixListener> listener;
    bool ended = false;

  private:
    static UnixOptions options_for(std::string path) {
        UnixOptions made;
        made.path = std::move(path);
        return made;
    }
    static boost::asio::awaitable<void> run(UnixListener& listener, bool& ended) {
        co_await listener.run();
        ended = true;
    }
};

}  // namespace blender_mcpd::transport
