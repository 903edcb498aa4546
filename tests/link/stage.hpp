// Where the tests of this module play: time stands still, sockets are real, both sides run on one
// loop.
#pragma once

#include "print.hpp"

#include <blender_mcpd/link/connection.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <support/catch.hpp>
#include <support/loop.hpp>
#include <support/scripted_peer.hpp>
#include <sys/socket.h>

namespace blender_mcpd::test {

using namespace std::chrono_literals;
using core::ErrorCode;
using core::Outcome;

inline auto open_files() {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
}

/// The one socket of this process that is connected to `port`.
inline int socket_to(std::uint16_t port) {
    for (int fd = 3; fd < 200; ++fd) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
            ntohs(peer.sin_port) == port)
            return fd;
    }
    return -1;
}

/// A coroutine that runs beside the test.
template <typename T>
struct Background {
    std::optional<T> value;
    std::exception_ptr failure;
    [[nodiscard]] bool done() const { return value || failure; }
};

template <typename T>
using Task = std::shared_ptr<Background<T>>;

struct Stage : ManualLoop {
    // The first timer opens the loop's own files: before anybody counts.
    Stage() { boost::asio::steady_timer first(io); }

    template <typename T>
    Task<T> start(boost::asio::awaitable<T> work) {
        auto task = std::make_shared<Background<T>>();
        boost::asio::co_spawn(io, store(std::move(work), task), [task](std::exception_ptr error) {
            if (error) task->failure = error;
        });
        settle();
        return task;
    }

    template <typename T>
    T finish(const Task<T>& task) {
        until([&] { return task->done(); });
        if (task->failure) std::rethrow_exception(task->failure);
        return std::move(*task->value);
    }

    template <typename T>
    T run(boost::asio::awaitable<T> work) {
        return finish(start(std::move(work)));
    }

    void run(boost::asio::awaitable<void> work) { run(as_value(std::move(work))); }

    template <typename Condition>
    void until(Condition done) {
        test::drive(io, std::move(done));
    }

    /// No coroutine is suspended any more and no timer armed.
    void until_quiet() {
        until([&] {
            io.restart();
            io.poll();
            return io.stopped();
        });
        CHECK(timers.armed() == std::vector<std::string>{});
    }

  private:
    template <typename T>
    static boost::asio::awaitable<void> store(boost::asio::awaitable<T> work, Task<T> task) {
        task->value.emplace(co_await std::move(work));
    }
    static boost::asio::awaitable<bool> as_value(boost::asio::awaitable<void> work) {
        co_await std::move(work);
        co_return true;
    }
};

/// With a connection that is open, and the peer's end of it. Checks at its end that nothing is left
/// of it.
struct OpenStage : Stage {
    using Answer = core::Result<link::Reply>;

    explicit OpenStage(link::ConnectionOptions options = {}) : files(open_files()) {
        peer.emplace(io.get_executor());
        auto opening = start(link::Connection::open(timers, {.port = peer->port()}, "secret",
                                                    options, core::CancelToken()));
        session.emplace(run(peer->welcome()));
        connection = finish(opening).value();
    }

    ~OpenStage() {
        connection.reset();
        session.reset();
        peer.reset();
        until_quiet();
        CHECK(open_files() == files);
    }

    OpenStage(const OpenStage&) = delete;
    OpenStage& operator=(const OpenStage&) = delete;

    Task<Answer> call(link::Request request, core::CancelToken cancel = {},
                      link::ProgressHandler progress = {}) {
        return start(connection->call(std::move(request), std::move(cancel), std::move(progress)));
    }
    Task<Answer> call(std::string op = "get_scene_info") {
        link::Request request;
        request.op = std::move(op);
        return call(std::move(request));
    }

    decltype(open_files()) files;
    std::optional<ScriptedPeer> peer;
    std::optional<PeerSession> session;
    std::shared_ptr<link::Connection> connection;
};

}  // namespace blender_mcpd::test
