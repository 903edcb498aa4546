// The stdio transport: one message per line on two file descriptors (2025-11-25 and 2026-07-28
// basic/transports/stdio). Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/server.hpp>
#include <blender_mcpd/transport/line_options.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace blender_mcpd::transport {

/// Private descriptors for the process' standard input and output.
struct StdioDescriptors {
    int in = -1;
    int out = -1;
    bool input_is_file = false;  // a regular file: its end does not mean that a client went away
};

/// Call once, first thing in the process and before any thread. Opens /dev/null for whichever of 0,
/// 1, 2 is closed, ignores SIGPIPE, and makes fd 1 a copy of fd 2, so that nothing else in the
/// process can ever write into the conversation. The returned descriptors are non-blocking without
/// changing what the parent process shares with us; where that cannot be had, the flags are put
/// back when the process exits.
[[nodiscard]] core::Result<StdioDescriptors> take_over_stdio();

class StdioTransport {
  public:
    /// Takes over the descriptors. `server` must outlive it.
    StdioTransport(core::Timers& timers, mcp::Server& server, StdioDescriptors descriptors,
                   LineOptions options);
    ~StdioTransport();
    StdioTransport(const StdioTransport&) = delete;
    StdioTransport& operator=(const StdioTransport&) = delete;

    /// Serves until end of input, a broken output, or stop(). Then no more is read, calls in flight
    /// were ended and answered, and the answers are written (or the output is broken).
    boost::asio::awaitable<void> run();

    /// Ends run(): stops reading at once. Calls in flight are cancelled with this reason and
    /// answered. Idempotent.
    void stop(core::CancelReason reason);

    /// Returns when run() is over. For the shutdown registry.
    boost::asio::awaitable<void> finished();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::transport
