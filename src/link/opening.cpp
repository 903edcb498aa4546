#include "opening.hpp"

#include "envelope.hpp"
#include "errors.hpp"
#include "frame.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/link/handover.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace blender_mcpd::link {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using core::Error;
using core::ErrorCode;

namespace {

constexpr auto wrong_peer =
    "Check the port: the runtime of blender-mcpd must listen there, with the same token";

/// Asio's own sockets are inherited by child processes; ours are not.
error_code open_socket(StreamSocket& socket, const tcp& protocol) {
    const int fd = ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return {errno, boost::system::system_category()};
    error_code error;
    socket.assign(protocol, fd, error);
    return error;
}

/// Replies must not wait for more bytes, and a peer whose machine vanished must be noticed in about
/// a minute.
void set_options(StreamSocket& socket) {
    struct Option {
        int level, name, value;
    };
    constexpr Option options[]{{IPPROTO_TCP, TCP_NODELAY, 1},
                               {SOL_SOCKET, SO_KEEPALIVE, 1},
                               {IPPROTO_TCP, TCP_KEEPIDLE, 30},
                               {IPPROTO_TCP, TCP_KEEPINTVL, 10},
                               {IPPROTO_TCP, TCP_KEEPCNT, 3}};
    for (const auto& option : options)
        ::setsockopt(socket.native_handle(), option.level, option.name, &option.value,
                     sizeof option.value);
}

Error not_blender(Error error) {
    error.remedy = wrong_peer;
    return error;
}

Error silent_end(error_code error) {
    const auto reason = error == asio::error::eof ? std::string() : ": " + error.message();
    return {.code = ErrorCode::connection,
            .message = "Blender closed it without a hello" + reason,
            .remedy = wrong_peer};
}

}  // namespace

// Outlives the attempt when the system's resolver is slow: it cannot be interrupted, only no longer
// waited for.
struct Opening::Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}
    tcp::resolver resolver;
    core::OneShot<core::Result<Addresses>> done;
};

Opening::Opening(core::Timers& timers, Endpoint endpoint, std::chrono::milliseconds limit,
                 const core::CancelToken& cancel)
    : timers_(timers),
      endpoint_(std::move(endpoint)),
      ends_(timers.now() + limit),
      socket_(timers.executor()),
      limit_(timers, "link.open") {
    limit_.start(limit, [this, limit] {
        stop({.code = ErrorCode::timeout,
              .message = fmt::format("{} within {}", waiting_for_, seconds(limit))});
    });
    cancellation_ = cancel.on_cancel(
        [this](core::CancelReason reason) { stop(cancelled("Connecting to " + where(), reason)); });
}

void Opening::stop(Error why) {
    if (stopped_) return;
    stopped_ = std::move(why);
    close_socket();
    if (lookup_) {
        lookup_->resolver.cancel();
        lookup_->done.set(*stopped_);
    }
}

void Opening::close_socket() {
    error_code ignored;
    socket_.close(ignored);
}

std::string Opening::where() const {
    if (endpoint_.handover) return "over the socket that it has inherited";
    const bool ipv6 = endpoint_.host.find(':') != std::string::npos;
    const auto host = core::excerpt(endpoint_.host);
    return ipv6 ? fmt::format("[{}]:{}", host, endpoint_.port)
                : fmt::format("{}:{}", host, endpoint_.port);
}

Error Opening::worded(Error error) const {
    const bool late = error.code == ErrorCode::timeout;
    if (late || error.code == ErrorCode::connection || error.code == ErrorCode::protocol)
        error.message = fmt::format("Connection {}: {} ({})", late ? "timeout" : "failed",
                                    error.message, where());
    return error;
}

asio::awaitable<core::Result<void>> Opening::connect() {
    auto connected = co_await resolve_and_connect();
    limit_.cancel();
    co_return connected;
}

asio::awaitable<core::Result<std::string>> Opening::connect_and_greet(std::string token) {
    const auto connected = co_await resolve_and_connect();
    if (!connected) co_return worded(connected.error());
    auto hello = co_await say_hello(std::move(token));
    limit_.cancel();
    if (hello) co_return hello;
    close_socket();
    co_return worded(hello.error());
}

asio::awaitable<core::Result<void>> Opening::resolve_and_connect() {
    if (stopped_) co_return *stopped_;
    if (endpoint_.handover) co_return take_handed_over();
    auto addresses = co_await resolve();
    if (!addresses) co_return addresses.error();
    co_return co_await connect_to_one(std::move(*addresses));
}

asio::awaitable<core::Result<Opening::Addresses>> Opening::resolve() {
    error_code not_numeric;
    const auto address = asio::ip::make_address(endpoint_.host, not_numeric);
    if (!not_numeric) co_return Addresses{tcp::endpoint(address, endpoint_.port)};

    waiting_for_ = "the name was not resolved";
    const auto lookup = lookup_ = std::make_shared<Lookup>(timers_.executor());
    // Without the flag address_configured, which hides ::1 from machines that have no other IPv6
    // address.
    lookup->resolver.async_resolve(
        endpoint_.host, std::to_string(endpoint_.port), tcp::resolver::numeric_service,
        [lookup](error_code error, const tcp::resolver::results_type& found) {
            if (error)
                lookup->done.set(Error{.code = ErrorCode::connection,
                                       .message = error.message(),
                                       .remedy = "Check the host name"});
            else
                lookup->done.set(Addresses(found.begin(), found.end()));
        });
    auto addresses = co_await lookup->done.wait();
    lookup_.reset();
    co_return addresses;
}

core::Result<void> Opening::take_handed_over() {
    const int fd = endpoint_.handover->connect();
    error_code error(fd < 0 ? -fd : 0, boost::system::system_category());
    if (!error) socket_.assign({AF_UNIX, 0}, fd, error);
    if (!error) return {};
    return Error{.code = ErrorCode::connection,
                 .message = error.message(),
                 .remedy = "See Blender's output for the reason"};
}

// An address that does not answer gets its share of the remaining time, so that the others are
// tried as well.
asio::awaitable<core::Result<void>> Opening::connect_to_one(Addresses addresses) {
    waiting_for_ = "Blender did not answer the connect";
    std::string reasons;
    for (std::size_t left = addresses.size(); const auto& address : addresses) {
        std::optional<core::Duration> patience;
        if (left > 1) patience = (ends_ - timers_.now()) / left;
        --left;
        const auto error = co_await connect_to(address, patience);
        if (stopped_) co_return *stopped_;
        if (!error) co_return core::Result<void>();
        close_socket();
        if (!reasons.empty()) reasons += ", ";
        reasons += addresses.size() == 1
                       ? error.message()
                       : fmt::format("{}: {}", address.address().to_string(), error.message());
    }
    co_return Error{.code = ErrorCode::connection,
                    .message = std::move(reasons),
                    .remedy = "Check that Blender runs and listens there"};
}

asio::awaitable<error_code> Opening::connect_to(tcp::endpoint address,
                                                std::optional<core::Duration> patience) {
    if (const auto error = open_socket(socket_, address.protocol())) co_return error;
    core::Timer share(timers_, "link.connect");
    bool gave_up = false;
    if (patience) {
        share.start(*patience, [&] {
            gave_up = true;
            close_socket();
        });
    }
    const auto [error] =
        co_await socket_.async_connect(address, asio::as_tuple(asio::use_awaitable));
    if (gave_up) co_return asio::error::timed_out;
    if (!error && !stopped_) set_options(socket_);
    co_return error;
}

asio::awaitable<core::Result<std::string>> Opening::say_hello(std::string token) {
    waiting_for_ = "Blender accepted the connection but did not say hello";
    const auto frame = hello_frame(token);
    const auto [unsent, sent] = co_await asio::async_write(socket_, asio::buffer(frame),
                                                           asio::as_tuple(asio::use_awaitable));
    if (stopped_) co_return *stopped_;
    if (unsent) co_return silent_end(unsent);

    FrameDecoder decoder(max_hello_bytes);
    while (!decoder.complete()) {
        const auto room = decoder.room();
        const auto [unread, bytes] = co_await socket_.async_read_some(
            asio::buffer(room.data(), room.size()), asio::as_tuple(asio::use_awaitable));
        if (stopped_) co_return *stopped_;
        if (unread) co_return silent_end(unread);
        if (auto checked = decoder.filled(bytes); !checked) co_return not_blender(checked.error());
    }
    const auto peer = decoder.take();
    const auto hello = read_hello(peer.json);
    if (!hello) co_return not_blender(hello.error());
    co_return std::string(*hello);
}

}  // namespace blender_mcpd::link
