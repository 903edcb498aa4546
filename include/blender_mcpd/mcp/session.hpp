// One client's conversation: messages in, messages out. Knows no transport. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/mcp/channel.hpp>
#include <blender_mcpd/mcp/mirrored_headers.hpp>
#include <blender_mcpd/mcp/server.hpp>

#include <boost/asio/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

/// What a transport must know of a message before it can choose the session that receives it.
struct Preview {
    bool object = false;      // it is a JSON object at all
    bool initialize = false;  // a legacy `initialize` request: the first of a new session
    bool modern = false;      // claims a revision in params._meta: belongs to no session
    bool request = false;     // has an id: somebody waits for an answer
};

/// A message that was read: what takes long for a large one, and needs no session. Points into the
/// text, which must stay where it is until the message was received.
class Incoming {
  public:
    /// Any thread. Not explicit: a small text is received as it is.
    template <std::convertible_to<std::string_view> Text>
    Incoming(const Text& text) : Incoming(std::string_view(text), Read{}) {}
    ~Incoming();
    Incoming(Incoming&&) noexcept;
    Incoming& operator=(Incoming&&) noexcept;

    [[nodiscard]] const Preview& preview() const;

  private:
    friend class Session;
    struct Read {};
    struct Parts;
    Incoming(std::string_view text, Read);

    std::unique_ptr<Parts> parts_;
};

class Session {
  public:
    struct State;  // the inside

    /// `server` must outlive the session and its calls. `client` names the client in limits and
    /// logs; several sessions may belong to one client.
    /// `transport` says how it is reached, for records of its calls; a constant.
    Session(Server& server, std::string client, std::string_view transport = "none");
    /// Nothing is sent afterwards; calls that still run end by themselves.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// For messages that belong to no request (list changes, resource updates). None: they are
    /// dropped.
    void attach(std::shared_ptr<Channel> channel);

    /// Handles one incoming message of any era; whatever it holds, it is answered as the protocol
    /// says. `channel` takes what belongs to it and is kept until it is answered. False when
    /// nothing will be sent to it: notifications and responses. `headers`: of a transport that has
    /// them.
    bool receive(Incoming message, std::shared_ptr<Channel> channel,
                 const MirroredHeaders* headers = nullptr);

    /// Answers for a message that the transport dropped because it was longer than `limit` bytes.
    void reject_oversized(std::size_t limit, const std::shared_ptr<Channel>& channel);

    /// Calls that have not ended yet.
    [[nodiscard]] std::size_t in_flight() const;

    /// The revision that `initialize` negotiated.
    [[nodiscard]] Revision revision() const;

    /// Cancels every call in flight. They are answered, except when the reason is
    /// CancelReason::closed.
    void cancel_all(core::CancelReason reason);

    /// Cancels the calls that came with this channel, whose client went away; nothing more is sent
    /// to it.
    void close(const Channel& channel);

    /// Returns when no call is in flight.
    boost::asio::awaitable<void> drained();

  private:
    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::mcp
