// Many clients of one daemon: a Unix socket, each connection a session of its own with one message
// per line (as on stdio). For processes of the same user only. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/server.hpp>
#include <blender_mcpd/transport/line_options.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace blender_mcpd::transport {

inline constexpr core::Metric unix_connections{
    "unix.connections", "Clients that are connected to the Unix socket", core::MetricKind::gauge};

/// The folder that a socket is made in.
enum class SocketFolder {
    own,     // made when it is missing; refused unless it is ours and closed to everybody else
    shared,  // must exist; refused when others could replace what is in it
};

struct UnixOptions {
    std::string path;  // absolute, at most 107 bytes
    SocketFolder folder = SocketFolder::own;
    /// A Unix socket that listens already, to take over; path and folder say nothing then, and its
    /// file belongs to who made it. -1: there is none.
    int listening = -1;
    /// One more is told so and closed.
    std::size_t max_connections = 256;
    LineOptions lines;
    /// How long no connection is accepted after the system has refused to (no descriptors left).
    std::chrono::milliseconds accept_pause{100};
};

class UnixListener {
  public:
    /// Listens from then on; connections wait for run(). `server` must outlive it. A socket that a
    /// dead daemon left is replaced. ErrorCode::busy when a living one has the path (the message
    /// names its process), invalid when something else is in the way or the folder is not safe.
    [[nodiscard]] static core::Result<std::unique_ptr<UnixListener>> open(core::Timers& timers,
                                                                          mcp::Server& server,
                                                                          UnixOptions options);
    /// Removes what is left of the socket.
    ~UnixListener();
    UnixListener(const UnixListener&) = delete;
    UnixListener& operator=(const UnixListener&) = delete;

    /// Accepts and serves until stop(), and until every connection has ended.
    boost::asio::awaitable<void> run();

    /// Ends run(): the socket's file is removed, nobody is accepted and nothing is read any more.
    /// Calls in flight are cancelled with this reason and answered. Idempotent.
    void stop(core::CancelReason reason);

    /// Returns when run() is over. For the shutdown registry.
    boost::asio::awaitable<void> finished();

  private:
    struct Impl;
    explicit UnixListener(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::transport
