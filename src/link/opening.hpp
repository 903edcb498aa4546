// An attempt to open a connection: resolve, connect to one address after the other, say hello;
// within one time limit.
#pragma once

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

    /// The text of the peer's hello; the socket is ready then.
    boost::asio::awaitable<core::Result<std::string>> run(std::string token);
    [[nodiscard]] boost::asio::ip::tcp::socket take_socket() { return std::move(socket_); }

  private:
    using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
    struct Lookup;

    boost::asio::awaitable<core::Result<Addresses>> resolve();
    boost::asio::awaitable<core::Result<void>> connect(Addresses addresses);
    boost::asio::awaitable<boost::system::error_code> connect_to(
        boost::asio::ip::tcp::endpoint address, std::optional<core::Duration> patience);
    boost::asio::awaitable<core::Result<std::string>> say_hello(std::string token);
    [[nodiscard]] core::Error not_blender(core::Error error) const;
    [[nodiscard]] core::Error silent_end(boost::system::error_code error) const;

    void stop(core::Error why);
    void close_socket();
    [[nodiscard]] std::string where() const;

    core::Timers& timers_;
    Endpoint endpoint_;
    core::TimePoint ends_;
    boost::asio::ip::tcp::socket socket_;
    std::shared_ptr<Lookup> lookup_;
    std::string waiting_for_;  // for the message when the time is over
    std::optional<core::Error> stopped_;
    core::Timer limit_;
    core::CancelRegistration cancellation_;
};

}  // namespace blender_mcpd::link
