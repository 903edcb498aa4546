// An attempt to open a connection: resolve, connect to one address after the other, and, where the
// peer runs our runtime, say hello; within one time limit.
#pragma once

#include "stream_socket.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::link {

/// Lives in the frame of the coroutine that runs it. Time and cancellation stop it by closing what
/// it waits for.
class Opening {
  public:
    /// Of the peer's hello: nothing else may be that small and still be a reply.
    static constexpr std::size_t max_hello_bytes = std::size_t{64} << 10;

    Opening(core::Timers& timers, Endpoint endpoint, std::chrono::milliseconds limit,
            const core::CancelToken& cancel);
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    /// Resolves and connects; the socket is ready then. Errors of the codes connection and timeout
    /// say only the reason.
    boost::asio::awaitable<core::Result<void>> connect();
    /// Says hello as well. The text of the peer's hello. Errors are complete sentences.
    boost::asio::awaitable<core::Result<std::string>> connect_and_greet(std::string token);
    [[nodiscard]] StreamSocket take_socket() { return std::move(socket_); }
    /// "127.0.0.1:9876", for messages; "over the socket that it has inherited".
    [[nodiscard]] std::string where() const;

  private:
    using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
    struct Lookup;

    boost::asio::awaitable<core::Result<Addresses>> resolve();
    boost::asio::awaitable<core::Result<void>> resolve_and_connect();
    [[nodiscard]] core::Result<void> take_handed_over();
    boost::asio::awaitable<core::Result<void>> connect_to_one(Addresses addresses);
    boost::asio::awaitable<boost::system::error_code> connect_to(
        boost::asio::ip::tcp::endpoint address, std::optional<core::Duration> patience);
    boost::asio::awaitable<core::Result<std::string>> say_hello(std::string token);

    void stop(core::Error why);
    void close_socket();
    [[nodiscard]] core::Error worded(core::Error error) const;

    core::Timers& timers_;
    Endpoint endpoint_;
    core::TimePoint ends_;
    StreamSocket socket_;
    std::shared_ptr<Lookup> lookup_;
    std::string waiting_for_;  // for the message when the time is over
    std::optional<core::Error> stopped_;
    core::Timer limit_;
    core::CancelRegistration cancellation_;
};

}  // namespace blender_mcpd::link
