// The stdio transport: one message per line on two file descriptors (2025-11-25 and 2026-07-28
// basic/transports/stdio). Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/server.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
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

struct StdioOptions {
    std::size_t max_line_bytes = std::size_t{64} << 20;
    /// Reading stops while more than this waits for a client that does not read.
    std::size_t max_outbox_bytes = std::size_t{8} << 20;
    /// At end of input, how long calls in flight may still run. Not applied when the input is a
    /// regular file.
    std::chrono::milliseconds drain_time{1'000};
    /// How long a client that closed its side may take to read the last answers.
    std::chrono::milliseconds flush_time{5'000};
    /// The same after stop().
    std::chrono::milliseconds stop_flush_time{500};
};

class StdioTransport {
  public:
    /// Takes over the descriptors. `server` must outlive it.
    StdioTransport(core::Timers& timers, mcp::Server& server, StdioDescriptors descriptors,
                   StdioOptions options);
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
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::transport
