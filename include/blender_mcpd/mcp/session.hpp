// One client's conversation: messages in, messages out. Knows no transport. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/mcp/server.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

class Session {
  public:
    /// Takes one outgoing message: compact JSON without a line break. Never re-enters the session.
    using Send = std::function<void(std::string message)>;

    /// `server` must outlive the session and its calls.
    Session(const Server& server, Send send);
    /// Nothing is sent afterwards; calls that still run end by themselves.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Handles one incoming message of any era; whatever it holds, it is answered as the protocol
    /// says.
    void receive(std::string_view message);

    /// Answers for a message that the transport dropped because it was longer than `limit` bytes.
    void reject_oversized(std::size_t limit);

    /// Tool calls that have not ended yet.
    [[nodiscard]] std::size_t in_flight() const;

    /// Cancels every call in flight. They are answered, except when the reason is
    /// CancelReason::closed.
    void cancel_all(core::CancelReason reason);

    /// Returns when no call is in flight.
    boost::asio::awaitable<void> drained();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::mcp
