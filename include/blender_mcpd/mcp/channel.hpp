// A way to a client, for the messages that belong together: those of one request on Streamable
// HTTP, all of them on stdio. Loop thread only.
#pragma once

#include <memory>
#include <string>

namespace blender_mcpd::mcp {

/// How a request was taken, for transports that have status codes (2026-07-28
/// basic/transports/streamable-http).
enum class Disposition {
    answered,   // a result, or an error of the method itself: 200
    rejected,   // it cannot be taken as it is: 400
    not_found,  // there is no such method: 404
};

class Channel {
  public:
    virtual ~Channel() = default;

    /// Messages are compact JSON without a line break. None of these re-enters the session.

    /// A notification, or a request of ours.
    virtual void send(std::string message) = 0;
    /// The answer to the request that came with this channel. For a batch: all its answers.
    virtual void respond(std::string message, Disposition disposition) = 0;
    /// Instead of respond(): the request was cancelled, no answer will come.
    virtual void abandon() = 0;
};

}  // namespace blender_mcpd::mcp
