#include "line_transport.hpp"

#include <blender_mcpd/core/aside.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace blender_mcpd::transport {

namespace asio = boost::asio;

namespace {

bool is_large(const LineBuffer::Line& line) {
    return line.text.size() >= core::large_message;
}

}  // namespace

LineTransport::LineTransport(core::Timers& timers, mcp::Server& server, std::string client,
                             std::unique_ptr<ByteStreams> streams, InputEnd input_end,
                             LineOptions options)
    : timers_(timers),
      options_(options),
      input_end_(input_end),
      streams_(std::move(streams)),
      outbox_filled_(timers.executor()),
      outbox_drained_(timers.executor()),
      flush_limit_(timers, "client flush"),
      run_ended_(timers.executor()),
      writer_ended_(timers.executor()),
      session_(server, std::move(client), streams_->transport()) {
    outbox_drained_.set();
}

void LineTransport::send(std::string message) {
    if (broken_) return;
    message += '\n';
    outbox_.add(std::move(message));
    if (!answering_) outbox_filled_.set();
    if (outbox_.size() > options_.max_outbox_bytes) outbox_drained_.reset();
}

void LineTransport::receive(LineBuffer::Line line) {
    if (line.oversized)
        return session_.reject_oversized(options_.max_line_bytes, shared_from_this());
    if (line.text.find_first_not_of(" \t") == std::string_view::npos) return;
    session_.receive(mcp::Incoming(line.text), shared_from_this());
}

asio::awaitable<void> LineTransport::receive_large(LineBuffer::Line line) {
    const auto read = [&] { return mcp::Incoming(line.text); };
    auto message = co_await core::aside(line.text.size(), read);
    // What was stopped meanwhile begins nothing more.
    if (!stopped_) session_.receive(std::move(message), shared_from_this());
}

void LineTransport::stop_reading() {
    stopped_ = true;
    streams_->close_input();
    outbox_drained_.set();
}

void LineTransport::break_output() {
    broken_ = true;
    outbox_.clear();
    session_.cancel_all(core::CancelReason::closed);
    stop_reading();
}

asio::awaitable<void> LineTransport::handle_lines(LineBuffer& lines) {
    for (;;) {
        // A client that does not read its answers must not make us hold ever more of them.
        if (!outbox_drained_.is_set()) {
            write_at_once();
            co_await outbox_drained_.wait();
        }
        answering_ = true;
        const auto line = stopped_ ? std::nullopt : lines.next();
        if (!line) break;
        if (is_large(*line)) {
            write_at_once();
            co_await receive_large(*line);
        } else {
            receive(*line);
        }
    }
    write_at_once();
}

/// The answers to lines that came together; what takes longer is left to the writer.
void LineTransport::write_at_once() {
    answering_ = false;
    while (!writing_ && !outbox_.empty() && outbox_.next_size() <= Outbox::together) {
        auto text = outbox_.take();
        const auto written = streams_->write_now(asio::buffer(text));
        if (written == text.size()) continue;
        outbox_.put_back(text.substr(written));
        break;
    }
    if (!outbox_.empty()) outbox_filled_.set();
    if (outbox_.size() <= options_.max_outbox_bytes) outbox_drained_.set();
}

asio::awaitable<void> LineTransport::read_lines() {
    LineBuffer lines(options_.max_line_bytes);
    std::array<char, std::size_t{64} << 10> chunk;
    while (!stopped_) {
        const auto [error, size] = co_await streams_->read_some(asio::buffer(chunk));
        if (error && stopped_) co_return;
        if (error == asio::error::eof) {
            const auto line = lines.rest();
            if (line && is_large(*line)) co_await receive_large(*line);
            if (line && !is_large(*line)) receive(*line);
            co_return;
        }
        if (error) {
            const bool usual = error == asio::error::connection_reset;  // the client was killed
            spdlog::log(usual ? spdlog::level::info : spdlog::level::warn, "{}: {}",
                        streams_->input_name(), error.message());
            co_return;
        }
        lines.append({chunk.data(), size});
        co_await handle_lines(lines);
    }
}

asio::awaitable<void> LineTransport::write() {
    for (;;) {
        if (outbox_.empty()) {
            if (finishing_ || broken_) break;
            outbox_filled_.reset();
            co_await outbox_filled_.wait();
            continue;
        }
        auto text = outbox_.take();
        writing_ = true;
        const auto [error, size] = co_await streams_->write(asio::buffer(text));
        writing_ = false;
        core::discard(timers_.executor(), std::move(text));
        if (error) {
            spdlog::info("{}: {}; nobody reads any more", streams_->output_name(), error.message());
            break_output();
            break;
        }
        if (outbox_.size() <= options_.max_outbox_bytes) outbox_drained_.set();
    }
    writer_ended_.set();
}

asio::awaitable<void> LineTransport::run() {
    const auto self = shared_from_this();
    asio::co_spawn(timers_.executor(), keep(self, write()), asio::detached);
    session_.attach(self);
    co_await read_lines();

    // End of input: let short calls finish, cancel what takes longer, answer everything, write it
    // out.
    core::Timer drain_limit(timers_, "client drain");
    if (input_end_ == InputEnd::client_went && !stopped_)
        drain_limit.start(options_.drain_time,
                          [this] { session_.cancel_all(core::CancelReason::shutdown); });
    stop_reading();
    co_await session_.drained();
    session_.attach(nullptr);  // which keeps us alive
    finishing_ = true;
    outbox_filled_.set();
    flush_limit_.start(options_.flush_time, [this] { streams_->close(); });
    co_await writer_ended_.wait();
    flush_limit_.cancel();
    run_ended_.set();
}

void LineTransport::stop(core::CancelReason reason) {
    options_.flush_time = std::min(options_.flush_time, options_.stop_flush_time);
    flush_limit_.extend(options_.flush_time);
    stop_reading();
    session_.cancel_all(reason);
}

asio::awaitable<void> LineTransport::finished() {
    const auto self = shared_from_this();
    co_await run_ended_.wait();
}

}  // namespace blender_mcpd::transport
