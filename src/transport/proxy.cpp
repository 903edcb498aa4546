#include "byte_streams.hpp"
#include "request_ledger.hpp"
#include "whole_lines.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/transport/proxy.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace blender_mcpd::transport {

namespace asio = boost::asio;

namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} << 10;

}  // namespace

struct Proxy::Impl : std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, StdioDescriptors descriptors, Attachment attached,
         ProxyOptions chosen)
        : timers(all_timers),
          options(chosen),
          input_is_file(descriptors.input_is_file),
          in(timers.executor(), descriptors.in),
          out(timers.executor(), descriptors.out),
          daemon(std::move(attached.socket)),
          received(std::move(attached.received)),
          answer_limit(timers, "proxy answers"),
          flush_limit(timers, "proxy flush"),
          settled(timers.executor()),
          input_ended(timers.executor()) {}

    asio::awaitable<void> copy_input();
    asio::awaitable<void> end_input();
    asio::awaitable<void> copy_answers();
    asio::awaitable<bool> pass_on();
    asio::awaitable<bool> write(std::string bytes);
    asio::awaitable<void> answer_what_is_open();

    void limit_answers(std::chrono::milliseconds limit) {
        ending = true;
        answer_limit.start(limit, [this] {
            spdlog::warn("the daemon does not end the conversation");
            daemon.close();
        });
        if (writing) limit_flush();
    }
    void limit_flush() {
        flush_limit.start(options.flush_time, [this] { out.close(); });
    }
    void close_input() {
        if (in.is_open()) in.close();
    }
    void half_close() {
        half_closed = true;
        boost::system::error_code ignored;  // the daemon may be gone already
        if (daemon.is_open())
            daemon.shutdown(asio::local::stream_protocol::socket::shutdown_send, ignored);
    }

    core::Timers& timers;
    ProxyOptions options;
    bool input_is_file;
    asio::posix::stream_descriptor in;
    asio::posix::stream_descriptor out;
    asio::local::stream_protocol::socket daemon;
    std::string received;  // from the daemon, to be passed on
    RequestLedger ledger;
    WholeLines lines;
    core::Timer answer_limit;
    core::Timer flush_limit;
    core::Event settled;  // the ledger may be
    core::Event input_ended;
    bool ending = false;       // writing has a limit
    bool writing = false;      // to the client
    bool half_closed = false;  // the daemon was told that the input ended
    bool stopped = false;
    bool daemon_ended = false;
    bool client_went = false;  // the output is broken
};

// One piece at a time: while the daemon does not read, neither do we.
asio::awaitable<void> Proxy::Impl::copy_input() {
    std::array<char, chunk_bytes> chunk;
    for (;;) {
        const auto [error, size] = co_await in.async_read_some(asio::buffer(chunk), as_result);
        if (error) {
            if (error != asio::error::eof && error != asio::error::operation_aborted)
                spdlog::warn("standard input: {}", error.message());
            break;
        }
        ledger.sent({chunk.data(), size});
        const auto [unsent, sent] =
            co_await asio::async_write(daemon, asio::buffer(chunk.data(), size), as_result);
        // It may still answer what it has: copy_answers() sees its end.
        if (unsent) {
            input_ended.set();
            co_return;
        }
    }
    co_await end_input();
    input_ended.set();
}

asio::awaitable<void> Proxy::Impl::end_input() {
    if (stopped || daemon_ended) co_return;
    ledger.sent_all();
    if (input_is_file) {
        // The daemon would give the calls little time: to it, an end means that a client went.
        limit_answers(options.file_answer_time);
        while (!ledger.settled() && !stopped && !daemon_ended) {
            settled.reset();
            co_await settled.wait();
        }
        if (stopped || daemon_ended) co_return;
    }
    half_close();
    limit_answers(options.answer_time);
}

asio::awaitable<void> Proxy::Impl::copy_answers() {
    std::array<char, chunk_bytes> chunk;
    for (;;) {
        const bool passed = co_await pass_on();
        if (!passed) co_return;
        const auto [error, size] = co_await daemon.async_read_some(asio::buffer(chunk), as_result);
        if (error) co_return;
        received.assign(chunk.data(), size);
    }
}

asio::awaitable<bool> Proxy::Impl::pass_on() {
    ledger.received(received);
    if (ledger.settled()) settled.set();
    auto passed = lines.pass(received);
    received.clear();
    if (passed.empty()) co_return true;
    const bool written = co_await write(std::move(passed));
    co_return written;
}

asio::awaitable<bool> Proxy::Impl::write(std::string bytes) {
    writing = true;
    if (ending) limit_flush();
    const auto [error, size] = co_await asio::async_write(out, asio::buffer(bytes), as_result);
    writing = false;
    flush_limit.cancel();
    if (error) {
        spdlog::info("standard output: {}; nobody reads any more", error.message());
        client_went = true;
    }
    co_return !error;
}

asio::awaitable<void> Proxy::Impl::answer_what_is_open() {
    ending = true;
    if (ledger.settled()) co_return;
    spdlog::error("the daemon went away; {} requests have no answer", ledger.open());
    std::string answers = lines.in_line() ? "\n" : "";
    answers += ledger.give_up(chunk_bytes);
    while (!answers.empty()) {
        const bool written = co_await write(std::move(answers));
        if (!written) co_return;
        answers = ledger.give_up(chunk_bytes);
    }
}

Proxy::Proxy(core::Timers& timers, StdioDescriptors descriptors, Attachment daemon,
             ProxyOptions options)
    : impl_(std::make_shared<Impl>(timers, descriptors, std::move(daemon), options)) {}

Proxy::~Proxy() = default;

asio::awaitable<ProxyEnd> Proxy::run() {
    const auto impl = impl_;
    asio::co_spawn(impl->timers.executor(), keep(impl, impl->copy_input()), asio::detached);
    co_await impl->copy_answers();

    impl->daemon_ended = true;
    impl->answer_limit.cancel();
    const bool in_time = impl->half_closed && impl->ledger.settled();
    impl->close_input();
    impl->daemon.close();
    impl->settled.set();
    if (!impl->client_went) co_await impl->answer_what_is_open();
    co_await impl->input_ended.wait();
    const bool wanted = in_time || impl->stopped || impl->client_went;
    if (!wanted) spdlog::error("the daemon went away");
    co_return wanted ? ProxyEnd::finished : ProxyEnd::daemon_went;
}

void Proxy::stop() {
    if (std::exchange(impl_->stopped, true)) return;
    impl_->options.flush_time = std::min(impl_->options.flush_time, impl_->options.stop_flush_time);
    impl_->settled.set();
    if (impl_->daemon_ended) return impl_->flush_limit.extend(impl_->options.flush_time);
    impl_->close_input();
    impl_->half_close();
    impl_->limit_answers(impl_->options.stop_answer_time);
}

}  // namespace blender_mcpd::transport
