// One client's conversation over two byte streams: one message per line both ways. Loop thread
// only.
#pragma once

#include "byte_streams.hpp"
#include "line_buffer.hpp"
#include "outbox.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/channel.hpp>
#include <blender_mcpd/mcp/session.hpp>
#include <blender_mcpd/transport/line_options.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::transport {

/// What the end of the input says.
enum class InputEnd {
    client_went,  // calls in flight have drain_time left
    nothing,      // it was a file: they run to their own deadlines
};

/// Owned by a shared pointer; its two coroutines keep it alive. The one channel for all messages of
/// its session.
class LineTransport final : public mcp::Channel,
                            public std::enable_shared_from_this<LineTransport> {
  public:
    /// `server` must outlive it. `client` names the client in limits and logs.
    LineTransport(core::Timers& timers, mcp::Server& server, std::string client,
                  std::unique_ptr<ByteStreams> streams, InputEnd input_end, LineOptions options);

    /// Serves until end of input, a broken output, or stop(). Then no more is read, calls in flight
    /// were ended and answered, and the answers are written (or the output is broken).
    boost::asio::awaitable<void> run();
    /// Ends run(): stops reading at once. Calls in flight are cancelled with this reason and
    /// answered. Idempotent.
    void stop(core::CancelReason reason);
    /// Returns when run() is over.
    boost::asio::awaitable<void> finished();
    /// Closes both directions at once. For the time after run().
    void close() { streams_->close(); }

    void send(std::string message) override;
    void respond(std::string message, mcp::Disposition) override { send(std::move(message)); }
    void abandon() override {}

  private:
    boost::asio::awaitable<void> read_lines();
    boost::asio::awaitable<void> handle_lines(LineBuffer& lines);
    boost::asio::awaitable<void> write();
    void write_at_once();
    void receive(LineBuffer::Line line);
    boost::asio::awaitable<void> receive_large(LineBuffer::Line line);
    void stop_reading();
    void break_output();

    core::Timers& timers_;
    LineOptions options_;
    InputEnd input_end_;
    std::unique_ptr<ByteStreams> streams_;
    Outbox outbox_;  // whole lines that wait to be written
    core::Event outbox_filled_;
    core::Event outbox_drained_;  // set while the outbox is short enough to go on reading
    core::Timer flush_limit_;     // for writing the last answers
    core::Event run_ended_;
    core::Event writer_ended_;
    bool answering_ = false;  // more lines follow at once, and with them maybe more answers
    bool writing_ = false;    // a write waits
    bool broken_ = false;     // the output failed
    bool stopped_ = false;    // nothing more is read
    bool finishing_ = false;  // the writer ends when the outbox is empty
    mcp::Session session_;
};

}  // namespace blender_mcpd::transport
