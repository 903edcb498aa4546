#include "accept_pause.hpp"
#include "coroutines.hpp"
#include "http_access.hpp"
#include "http_connection.hpp"
#include "http_endpoint.hpp"
#include "http_pages.hpp"

#include <blender_mcpd/transport/http.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace blender_mcpd::transport {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds accept_pause{100};
// Connections that are being told that there are too many of them.
constexpr std::size_t max_turned_away = 32;
// Files that are not for clients: Blender processes, connections to them, logs.
constexpr std::size_t reserved_files = 128;

core::Result<asio::ip::address> listen_address(const HttpOptions& options) {
    boost::system::error_code error;
    const auto address =
        asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
    if (error)
        return core::Error{
            core::ErrorCode::invalid,
            fmt::format("cannot listen on \"{}\": it is no IP address", options.host),
            "Set http.host to an IP address, such as 127.0.0.1"};
    return address;
}

core::Result<void> check_exposure(const asio::ip::address& address, const HttpOptions& options) {
    if (address.is_loopback() || !options.token.empty()) return {};
    return core::Error{core::ErrorCode::invalid,
                       fmt::format("listening on {} without a token would let everybody on the "
                                   "network run code in Blender",
                                   address.to_string()),
                       "Set http.auth = true, or listen on 127.0.0.1"};
}

std::size_t affordable_connections(std::size_t wanted) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
    const auto limit = static_cast<std::size_t>(files.rlim_cur);
    const auto ours = limit > 2 * reserved_files ? limit - reserved_files : limit / 2;
    if (ours < wanted)
        spdlog::info("at most {} HTTP connections, as the process may open {} files", ours, limit);
    return std::min(ours, wanted);
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, mcp::Server& shared, HttpOptions chosen)
        : timers(all_timers),
          server(shared),
          options(std::move(chosen)),
          endpoint(std::make_shared<http::Endpoint>(timers, server, options)),
          pages(std::make_shared<http::Pages>(timers, options)),
          acceptor(timers.executor()),
          pause(timers, accept_pause, "HTTP"),
          flush_limit(timers, "http flush"),
          closed_one(timers.executor()),
          ended(timers.executor()) {
        for (const auto& metric : {http_connections, http_requests, http_sessions, http_refused})
            server.metrics().declare(metric);
    }

    core::Result<void> start();
    core::Result<void> listen();
    core::Result<void> take_over();
    static asio::awaitable<void> accept(std::shared_ptr<Impl> self);
    void take(tcp::socket socket);
    static asio::awaitable<void> serve(std::shared_ptr<Impl> self,
                                       std::shared_ptr<http::Connection> connection, bool welcome);
    void stop(core::CancelReason reason);
    static asio::awaitable<void> drain(std::shared_ptr<Impl> self);
    void close_connections();
    void stop_accepting() {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause.end();
    }

    core::Timers& timers;
    mcp::Server& server;
    HttpOptions options;
    std::shared_ptr<http::Endpoint> endpoint;
    std::shared_ptr<http::Pages> pages;
    tcp::acceptor acceptor;
    AcceptPause pause;
    core::Timer flush_limit;
    std::size_t max_connections = 0;
    std::set<std::shared_ptr<http::Connection>> connections;  // those that are served
    std::set<std::shared_ptr<http::Connection>> turned_away;
    core::Event closed_one;
    core::Event ended;
    bool stopped = false;
};

core::Result<void> HttpServer::Impl::start() {
    if (const auto listens = options.listening < 0 ? listen() : take_over(); !listens)
        return listens.error();
    (void)::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    options.port = acceptor.local_endpoint().port();
    max_connections = affordable_connections(options.max_connections);
    asio::co_spawn(timers.executor(), accept(shared_from_this()), asio::detached);
    return {};
}

core::Result<void> HttpServer::Impl::take_over() {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool known =
        ::getsockname(options.listening, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    boost::system::error_code error;
    acceptor.assign(known && address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(),
                    options.listening, error);
    const auto endpoint_of_it = error ? tcp::endpoint() : acceptor.local_endpoint(error);
    if (error)
        return core::Error{
            core::ErrorCode::unavailable,
            fmt::format("cannot listen on descriptor {}: {}", options.listening, error.message()),
            "It must be a TCP socket that listens"};
    options.host = endpoint_of_it.address().to_string();
    return check_exposure(endpoint_of_it.address(), options);
}

core::Result<void> HttpServer::Impl::listen() {
    const auto address = listen_address(options);
    if (!address) return address.error();
    if (const auto safe = check_exposure(*address, options); !safe) return safe.error();
    const tcp::endpoint wanted(*address, options.port);
    boost::system::error_code error;
    acceptor.open(wanted.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(wanted, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        return core::Error{core::ErrorCode::unavailable,
                           fmt::format("cannot listen on {} port {}: {}", options.host,
                                       options.port, error.message()),
                           "Choose another port with --port, or 0 for any that is free"};
    }
    return {};
}

asio::awaitable<void> HttpServer::Impl::accept(std::shared_ptr<Impl> self) {
    while (self->acceptor.is_open()) {
        auto [error, socket] = co_await self->acceptor.async_accept(as_result);
        if (!self->acceptor.is_open()) break;
        if (!error) {
            self->pause.succeeded();
            self->take(std::move(socket));
            continue;
        }
        if (error == asio::error::connection_aborted) continue;
        co_await self->pause.wait(error);
    }
}

void HttpServer::Impl::take(tcp::socket socket) {
    (void)::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const bool welcome = connections.size() < max_connections;
    if (!welcome && turned_away.size() >= max_turned_away) {
        server.metrics().add(http_refused, 1, "connections");
        return;  // closes it
    }
    const http::Connection::Shared shared{timers, server, options, *endpoint, *pages};
    const auto connection = std::make_shared<http::Connection>(shared, std::move(socket));
    (welcome ? connections : turned_away).insert(connection);
    server.metrics().set(http_connections, static_cast<std::int64_t>(connections.size()));
    asio::co_spawn(timers.executor(), serve(shared_from_this(), connection, welcome),
                   asio::detached);
}

asio::awaitable<void> HttpServer::Impl::serve(std::shared_ptr<Impl> self,
                                              std::shared_ptr<http::Connection> connection,
                                              bool welcome) {
    try {
        if (welcome)
            co_await connection->run();
        else
            co_await connection->turn_away();
    } catch (const std::exception& error) {
        spdlog::error("an HTTP connection ended: {}", error.what());
        connection->close();
    }
    self->connections.erase(connection);
    self->turned_away.erase(connection);
    self->server.metrics().set(http_connections,
                               static_cast<std::int64_t>(self->connections.size()));
    self->closed_one.set();
}

void HttpServer::Impl::stop(core::CancelReason reason) {
    if (std::exchange(stopped, true)) return;
    stop_accepting();
    endpoint->stop(reason);
    pages->stop();
    for (const auto& connection : connections)
        connection->stop();
    for (const auto& connection : turned_away)
        connection->stop();
    asio::co_spawn(timers.executor(), drain(shared_from_this()), asio::detached);
}

asio::awaitable<void> HttpServer::Impl::drain(std::shared_ptr<Impl> self) {
    co_await self->endpoint->drained();
    co_await self->pages->drained();
    self->flush_limit.start(self->options.stop_flush_time,
                            [self = self.get()] { self->close_connections(); });
    while (!self->connections.empty() || !self->turned_away.empty()) {
        self->closed_one.reset();
        co_await self->closed_one.wait();
    }
    self->flush_limit.cancel();
    self->endpoint->close();
    self->ended.set();
}

void HttpServer::Impl::close_connections() {
    for (const auto& connection : connections)
        connection->close();
    for (const auto& connection : turned_away)
        connection->close();
}

HttpServer::HttpServer(core::Timers& timers, mcp::Server& server, HttpOptions options)
    : impl_(std::make_shared<Impl>(timers, server, std::move(options))) {}

HttpServer::~HttpServer() {
    impl_->stop_accepting();
    impl_->close_connections();
    impl_->endpoint->close();
    impl_->pages->stop();
}

core::Result<void> HttpServer::start() {
    return impl_->start();
}

std::uint16_t HttpServer::port() const {
    return impl_->options.port;
}

namespace {

std::string url_of(const HttpOptions& options, std::string_view path) {
    const bool v6 = options.host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}{}", v6 ? "[" : "", options.host, v6 ? "]" : "",
                       options.port, path);
}

}  // namespace

std::string HttpServer::url() const {
    return url_of(impl_->options, http::mcp_path);
}

std::string HttpServer::site_url() const {
    return impl_->options.site != nullptr ? url_of(impl_->options, "/") : std::string();
}

void HttpServer::change_access(const HttpOptions& from) {
    auto& options = impl_->options;
    const bool same_token = options.token.empty() != from.token.empty() ||
                            options.token == from.token;  // not introduced, not abolished
    if (!same_token || options.site != from.site) impl_->pages->revoke();
    if (!same_token) options.token = from.token;
    options.site = from.site;
    options.allowed_origins = from.allowed_origins;
    options.allowed_hosts = from.allowed_hosts;
    options.open_metrics = from.open_metrics;
}

void HttpServer::stop(core::CancelReason reason) {
    impl_->stop(reason);
}

asio::awaitable<void> HttpServer::finished() {
    const auto impl = impl_;
    co_await impl->ended.wait();
}

}  // namespace blender_mcpd::transport
