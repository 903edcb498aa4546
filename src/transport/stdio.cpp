#include "line_buffer.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/mcp/session.hpp>
#include <blender_mcpd/transport/stdio.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>

namespace blender_mcpd::transport {

namespace asio = boost::asio;

namespace {
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
}

// Shared by the owner and the two coroutines. run() ends only after the writer has.
struct StdioTransport::Impl : mcp::Channel, std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, mcp::Server& server, StdioDescriptors descriptors,
         StdioOptions limits)
        : timers(all_timers),
          options(limits),
          input_is_file(descriptors.input_is_file),
          in(timers.executor(), descriptors.in),
          out(timers.executor(), descriptors.out),
          outbox_filled(timers.executor()),
          outbox_drained(timers.executor()),
          flush_limit(timers, "stdio flush"),
          run_ended(timers.executor()),
          writer_ended(timers.executor()),
          session(std::make_unique<mcp::Session>(server, server.name_client())) {
        outbox_drained.set();
    }

    // One channel for all messages.
    void send(std::string message) override {
        if (broken) return;
        outbox += message;
        outbox += '\n';
        outbox_filled.set();
        if (outbox.size() > options.max_outbox_bytes) outbox_drained.reset();
    }

    void respond(std::string message, mcp::Disposition) override { send(std::move(message)); }
    void abandon() override {}

    asio::awaitable<void> read_lines();
    asio::awaitable<void> handle_lines(LineBuffer& lines);
    asio::awaitable<void> write();
    void receive(LineBuffer::Line line) {
        if (line.oversized)
            session->reject_oversized(options.max_line_bytes, shared_from_this());
        else if (line.text.find_first_not_of(" \t") != std::string_view::npos)
            session->receive(line.text, shared_from_this());
    }
    void stop_reading() {
        stopped = true;
        if (in.is_open()) in.close();
        outbox_drained.set();
    }
    void break_output() {
        broken = true;
        outbox.clear();
        session->cancel_all(core::CancelReason::closed);
        stop_reading();
    }

    core::Timers& timers;
    StdioOptions options;
    bool input_is_file;
    asio::posix::stream_descriptor in;
    asio::posix::stream_descriptor out;
    std::string outbox;  // whole lines that wait to be written
    core::Event outbox_filled;
    core::Event outbox_drained;  // set while the outbox is short enough to go on reading
    core::Timer flush_limit;     // for writing the last answers
    core::Event run_ended;
    core::Event writer_ended;
    bool broken = false;     // the output failed
    bool stopped = false;    // nothing more is read
    bool finishing = false;  // the writer ends when the outbox is empty
    std::unique_ptr<mcp::Session> session;
};

asio::awaitable<void> StdioTransport::Impl::handle_lines(LineBuffer& lines) {
    while (!stopped) {
        // A client that does not read its answers must not make us hold ever more of them.
        co_await outbox_drained.wait();
        const auto line = stopped ? std::nullopt : lines.next();
        if (!line) co_return;
        receive(*line);
    }
}

asio::awaitable<void> StdioTransport::Impl::read_lines() {
    LineBuffer lines(options.max_line_bytes);
    std::array<char, std::size_t{64} << 10> chunk;
    while (!stopped) {
        const auto [error, size] = co_await in.async_read_some(asio::buffer(chunk), as_result);
        if (error == asio::error::eof) {
            if (const auto line = lines.rest()) receive(*line);
            co_return;
        }
        if (error) {
            if (!stopped) spdlog::warn("standard input: {}", error.message());
            co_return;
        }
        lines.append({chunk.data(), size});
        co_await handle_lines(lines);
    }
}

asio::awaitable<void> StdioTransport::Impl::write() {
    std::string batch;
    for (;;) {
        if (outbox.empty()) {
            if (finishing || broken) break;
            outbox_filled.reset();
            co_await outbox_filled.wait();
            continue;
        }
        batch.clear();
        std::swap(batch, outbox);
        const auto [error, size] = co_await asio::async_write(out, asio::buffer(batch), as_result);
        if (error) {
            spdlog::info("standard output: {}; nobody reads any more", error.message());
            break_output();
            break;
        }
        if (outbox.size() <= options.max_outbox_bytes) outbox_drained.set();
    }
    writer_ended.set();
}

namespace {

asio::awaitable<void> keep(std::shared_ptr<void> alive, asio::awaitable<void> work) {
    co_await std::move(work);
    (void)alive;
}

}  // namespace

StdioTransport::StdioTransport(core::Timers& timers, mcp::Server& server,
                               StdioDescriptors descriptors, StdioOptions options)
    : impl_(std::make_shared<Impl>(timers, server, descriptors, options)) {}

StdioTransport::~StdioTransport() = default;

asio::awaitable<void> StdioTransport::run() {
    const auto impl = impl_;
    asio::co_spawn(impl->timers.executor(), keep(impl, impl->write()), asio::detached);
    co_await impl->read_lines();

    // End of input: let short calls finish, cancel what takes longer, answer everything, write it
    // out.
    core::Timer drain_limit(impl->timers, "stdio drain");
    if (!impl->input_is_file && !impl->stopped)
        drain_limit.start(impl->options.drain_time,
                          [&] { impl->session->cancel_all(core::CancelReason::shutdown); });
    impl->stop_reading();
    co_await impl->session->drained();
    impl->finishing = true;
    impl->outbox_filled.set();
    impl->flush_limit.start(impl->options.flush_time, [&] { impl->out.close(); });
    co_await impl->writer_ended.wait();
    impl->flush_limit.cancel();
    impl->run_ended.set();
}

void StdioTransport::stop(core::CancelReason reason) {
    impl_->options.flush_time = std::min(impl_->options.flush_time, impl_->options.stop_flush_time);
    impl_->flush_limit.extend(impl_->options.flush_time);
    impl_->stop_reading();
    impl_->session->cancel_all(reason);
}

asio::awaitable<void> StdioTransport::finished() {
    const auto impl = impl_;
    co_await impl->run_ended.wait();
}

}  // namespace blender_mcpd::transport
