// Stands between a client on standard input and output and a daemon's Unix socket, and copies bytes
// both ways. Loop thread only.
#pragma once

#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/transport/attach.hpp>
#include <blender_mcpd/transport/stdio.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace blender_mcpd::transport {

struct ProxyOptions {
    /// After the client's end of input: how long the daemon may take for the last answers. A
    /// daemon that works is done earlier by itself (LineOptions::drain_time and flush_time).
    std::chrono::milliseconds answer_time{10'000};
    /// The same when the input is a regular file, whose calls may run to their own deadlines.
    std::chrono::milliseconds file_answer_time{3'700'000};
    /// How long a client that closed its side may take for each piece of the last answers.
    std::chrono::milliseconds flush_time{5'000};
    /// Both after stop().
    std::chrono::milliseconds stop_answer_time{2'000};
    std::chrono::milliseconds stop_flush_time{500};
};

enum class ProxyEnd {
    finished,     // the client or stop() ended it
    daemon_went,  // before that; what was open got an error that says so
};

/// Nothing is held but what is being copied: who does not read is not read from. The client's end
/// of input is passed on; answers still come. To the client only whole lines go, up to 1 MiB.
class Proxy {
  public:
    /// Takes over the descriptors.
    Proxy(core::Timers& timers, StdioDescriptors descriptors, Attachment daemon,
          ProxyOptions options);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    /// Copies until the daemon closes its side, or the client stops reading.
    boost::asio::awaitable<ProxyEnd> run();

    /// Reads no more from the client; run() ends when the daemon has answered, or soon. Idempotent.
    void stop();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::transport
