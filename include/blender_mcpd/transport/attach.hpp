// Finds a daemon that serves on a Unix socket, for a process that would rather share its Blender
// than start one. Loop thread only.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <string>

#include <sys/types.h>

namespace blender_mcpd::transport {

/// A connection on which nothing of ours is under way any more.
struct Attachment {
    boost::asio::local::stream_protocol::socket socket;
    std::string received;  // came with the daemon's answer, for the client
    std::string version;   // the daemon's; empty when it does not say
    pid_t process = 0;
};

/// Connects, and asks who is there (server/discover, 2026-07-28): a kernel accepts connections for
/// a daemon that hangs. Returns within `limit`. Errors:
///   not_found    there is no socket, or a dead daemon's
///   timeout      it did not answer
///   busy         it has too many clients
///   unavailable  the socket is another user's, or does not speak MCP, or cannot be used
boost::asio::awaitable<core::Result<Attachment>> attach(core::Timers& timers, std::string path,
                                                        core::Duration limit);

}  // namespace blender_mcpd::transport
