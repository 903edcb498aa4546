// The state of one open connection, kept alive by its reader and by the calls in progress; close()
// ends both. Everything that goes wrong ends in fail(), once.
#pragma once

#include "envelope.hpp"
#include "exchange.hpp"
#include "frame.hpp"
#include "stream_socket.hpp"
#include "transfer_watch.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::link {

class Wire : public std::enable_shared_from_this<Wire> {
  public:
    /// `socket` is connected, and the hellos are exchanged.
    Wire(core::Timers& timers, StreamSocket socket, const ConnectionOptions& options);
    /// Starts the reader.
    void start();

    [[nodiscard]] boost::asio::awaitable<core::Result<Reply>> call(Request request,
                                                                   core::CancelToken cancel,
                                                                   ProgressHandler progress);
    [[nodiscard]] boost::asio::awaitable<core::Result<Reply>> control(
        std::string op, std::string args, std::chrono::milliseconds timeout);
    [[nodiscard]] boost::asio::awaitable<core::Error> watch(SceneHandler handler,
                                                            std::chrono::milliseconds timeout,
                                                            core::CancelToken cancel);
    [[nodiscard]] bool usable() const { return !obstacle(); }
    [[nodiscard]] std::uint64_t calls() const { return calls_; }
    void close();

  private:
    using Exchanges = std::map<std::uint64_t, std::shared_ptr<Exchange>>;
    class Abandonment;

    static boost::asio::awaitable<core::Result<Reply>> run_call(std::shared_ptr<Wire> self,
                                                                Request request,
                                                                core::CancelToken cancel,
                                                                ProgressHandler progress);
    static boost::asio::awaitable<core::Result<Reply>> run_control(
        std::shared_ptr<Wire> self, std::string op, std::string args,
        std::chrono::milliseconds timeout);
    static boost::asio::awaitable<core::Error> run_watch(std::shared_ptr<Wire> self,
                                                         SceneHandler handler,
                                                         std::chrono::milliseconds timeout,
                                                         core::CancelToken cancel);
    static boost::asio::awaitable<void> read(std::shared_ptr<Wire> self);

    /// Why a new call must not be made; nothing when it may.
    [[nodiscard]] std::optional<core::Error> obstacle() const;
    [[nodiscard]] std::optional<core::Error> unread_bytes() const;

    std::shared_ptr<Exchange> start_control(std::string op, std::string_view args,
                                            std::chrono::milliseconds timeout);
    std::shared_ptr<Exchange> send_control(std::string op, std::string_view args);
    void send(std::shared_ptr<Exchange> exchange);
    void write_next();
    void on_written(Exchange& exchange, boost::system::error_code error, std::size_t bytes);

    void on_bytes(std::size_t bytes);
    boost::asio::awaitable<void> read_frame();
    void on_frame(Frame& frame, const core::Result<Envelope>& envelope);
    void on_reply(const ReplyEnvelope& envelope, Frame& frame);
    void on_progress(const ProgressEnvelope& envelope);
    void on_scene(const SceneEvent& event);

    void on_call_deadline(const Request& request);
    void interrupt(const Request& request, core::CancelReason reason);
    void fail(core::Error why);

    core::Timers& timers_;
    StreamSocket socket_;
    const ConnectionOptions options_;
    FrameDecoder decoder_;
    bool scanning_ = false;  // a frame is complete and not understood yet
    TransferWatch frame_watch_;
    Exchanges pending_;
    std::shared_ptr<Exchange> call_;  // the one of pending_ that is no control operation
    SceneHandler scene_;              // while Blender tells of changes
    std::deque<std::shared_ptr<Exchange>> outbox_;  // the first one is being written
    std::optional<core::Error> closed_;             // why
    core::Event ended_;                             // set with it
    std::optional<core::Error> spent_;              // works, but must not carry another call; why
    std::uint64_t last_id_ = 0;
    std::uint64_t calls_ = 0;
};

}  // namespace blender_mcpd::link
