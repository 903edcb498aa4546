// Limits of a conversation with one message per line, over standard input and output or a Unix
// socket.
#pragma once

#include <chrono>
#include <cstddef>

namespace blender_mcpd::transport {

struct LineOptions {
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

}  // namespace blender_mcpd::transport
