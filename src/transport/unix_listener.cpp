#include "accept_pause.hpp"
#include "line_transport.hpp"
#include "socket_place.hpp"
#include "unix_address.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/protocol.hpp>
#include <blender_mcpd/transport/unix_listener.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstring>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace asio = boost::asio;

namespace {

using Socket = asio::local::stream_protocol::socket;

class SocketStreams final : public ByteStreams {
  public:
    SocketStreams(Socket socket, std::string client)
        : socket_(std::move(socket)), client_(std::move(client)) {
        boost::system::error_code ignored;  // then nothing is written at once
        socket_.non_blocking(true, ignored);
    }

    asio::awaitable<IoResult> read_some(asio::mutable_buffer into) override {
        return socket_.async_read_some(into, as_result);
    }
    asio::awaitable<IoResult> write(asio::const_buffer bytes) override {
        return asio::async_write(socket_, bytes, as_result);
    }
    std::size_t write_now(asio::const_buffer bytes) override {
        boost::system::error_code error;
        return socket_.non_blocking() ? socket_.write_some(bytes, error) : 0;
    }
    void close_input() override {
        // A read that waits then sees the end. The error says that there is no peer any more.
        boost::system::error_code ignored;
        if (socket_.is_open()) socket_.shutdown(Socket::shutdown_receive, ignored);
    }
    void close() override {
        if (socket_.is_open()) socket_.close();
    }
    [[nodiscard]] std::string_view transport() const override { return "socket"; }
    [[nodiscard]] std::string input_name() const override { return client_; }
    [[nodiscard]] std::string output_name() const override { return client_; }

  private:
    Socket socket_;
    std::string client_;
};

/// Of a bound socket; for messages.
std::string path_of(int descriptor) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        address.sun_path[0] == '\0')
        return "a socket without a path";
    return {address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path)};
}

/// A message for a connection that was not read from: without an id, as it answers no request.
void refuse(Socket& socket, const std::string& why) {
    const auto line =
        fmt::format(R"({{"jsonrpc":"2.0","error":{{"code":{},"message":{}}}}})",
                    static_cast<int>(mcp::RpcCode::internal_error), core::quoted(why)) +
        "\n";
    // The buffer of a new connection has room for it; who is gone already need not know.
    (void)::send(socket.native_handle(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

struct UnixListener::Impl : std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, mcp::Server& shared, UnixOptions chosen,
         std::unique_ptr<SocketPlace> taken, int listening)
        : timers(all_timers),
          server(shared),
          options(std::move(chosen)),
          place(std::move(taken)),
          acceptor(timers.executor(), asio::local::stream_protocol(), listening),
          pause(timers, options.accept_pause, options.path),
          none_connected(timers.executor()),
          run_ended(timers.executor()) {
        none_connected.set();
        server.metrics().declare(unix_connections);
    }

    asio::awaitable<void> accept();
    void admit(Socket socket);
    void serve(Socket socket, pid_t process);
    asio::awaitable<void> converse(std::string client, std::shared_ptr<LineTransport> lines);
    void count() {
        server.metrics().set(unix_connections, static_cast<std::int64_t>(connections.size()));
    }

    core::Timers& timers;
    mcp::Server& server;
    UnixOptions options;
    std::unique_ptr<SocketPlace> place;  // null: the socket was passed to us
    asio::local::stream_protocol::acceptor acceptor;
    AcceptPause pause;
    std::set<std::shared_ptr<LineTransport>> connections;
    core::Event none_connected;
    core::Event run_ended;
    bool refusing = false;  // it was logged that there are too many
};

asio::awaitable<void> UnixListener::Impl::accept() {
    while (acceptor.is_open()) {
        Socket socket(timers.executor());
        const auto [error] = co_await acceptor.async_accept(socket, as_result);
        if (!acceptor.is_open()) co_return;
        if (error) {
            co_await pause.wait(error);
            continue;
        }
        pause.succeeded();
        admit(std::move(socket));
    }
}

void UnixListener::Impl::admit(Socket socket) {
    (void)fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    const auto peer = peer_of(socket.native_handle());
    if (!peer || peer->uid != geteuid()) {
        spdlog::warn("{}: refused a process of another user", options.path);
        return;
    }
    if (connections.size() < options.max_connections) {
        refusing = false;
        return serve(std::move(socket), peer->pid);
    }
    if (!std::exchange(refusing, true))
        spdlog::warn("{}: there are {} clients, more are refused (socket.max_connections)",
                     options.path, connections.size());
    refuse(socket, fmt::format("Too many clients: {} are connected, and more are not allowed "
                               "(socket.max_connections). Close one and connect again.",
                               connections.size()));
}

void UnixListener::Impl::serve(Socket socket, pid_t process) {
    auto client = server.name_client();
    spdlog::debug("{}: connected, process {}", client, process);
    auto streams = std::make_unique<SocketStreams>(std::move(socket), client);
    auto lines = std::make_shared<LineTransport>(timers, server, client, std::move(streams),
                                                 InputEnd::client_went, options.lines);
    connections.insert(lines);
    none_connected.reset();
    count();
    asio::co_spawn(timers.executor(), converse(std::move(client), std::move(lines)),
                   asio::detached);
}

asio::awaitable<void> UnixListener::Impl::converse(std::string client,
                                                   std::shared_ptr<LineTransport> lines) {
    const auto self = shared_from_this();
    co_await lines->run();
    lines->close();
    connections.erase(lines);
    count();
    spdlog::debug("{}: disconnected", client);
    if (connections.empty()) none_connected.set();
}

core::Result<std::unique_ptr<UnixListener>> UnixListener::open(core::Timers& timers,
                                                               mcp::Server& server,
                                                               UnixOptions options) {
    if (options.listening >= 0) {
        options.path = path_of(options.listening);
        (void)fcntl(options.listening, F_SETFD, FD_CLOEXEC);
        const int listening = options.listening;
        return std::unique_ptr<UnixListener>(new UnixListener(
            std::make_shared<Impl>(timers, server, std::move(options), nullptr, listening)));
    }
    auto place = SocketPlace::take(options.path, options.folder);
    if (!place) return place.error();
    const auto listening = (*place)->listen();
    if (!listening) return listening.error();
    return std::unique_ptr<UnixListener>(new UnixListener(
        std::make_shared<Impl>(timers, server, std::move(options), std::move(*place), *listening)));
}

UnixListener::UnixListener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

UnixListener::~UnixListener() {
    impl_->place.reset();
}

asio::awaitable<void> UnixListener::run() {
    const auto impl = impl_;
    spdlog::info("listening on {}", impl->options.path);
    co_await impl->accept();
    co_await impl->none_connected.wait();
    impl->run_ended.set();
}

void UnixListener::stop(core::CancelReason reason) {
    if (impl_->acceptor.is_open()) {
        if (impl_->place)
            impl_->place->remove();  // first: nobody may take the path for a dead daemon's
        impl_->acceptor.close();
    }
    impl_->pause.end();
    const auto connections = impl_->connections;
    for (const auto& lines : connections)
        lines->stop(reason);
}

asio::awaitable<void> UnixListener::finished() {
    const auto impl = impl_;
    co_await impl->run_ended.wait();
}

}  // namespace blender_mcpd::transport
