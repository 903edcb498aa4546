#include "plain_wire.hpp"

#include "errors.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace blender_mcpd::link {

namespace asio = boost::asio;
using core::Error;
using core::ErrorCode;

namespace {

constexpr std::size_t block_size = std::size_t{64} << 10;

/// Of what may follow a reply, and alone is none.
bool is_blank(std::string_view bytes) {
    return bytes.find_first_not_of(std::string_view(" \t\r\n\0", 5)) == std::string_view::npos;
}

enum class Sight { quiet, bytes, end };

/// What the socket holds, without waiting. What may follow a reply is taken out of it.
Sight look_at(int socket) {
    constexpr int patience = 4;  // who sends more white space than that is up to something else
    std::array<char, 256> ahead{};
    for (int round = 0; round < patience; ++round) {
        const auto seen = ::recv(socket, ahead.data(), ahead.size(), MSG_PEEK | MSG_DONTWAIT);
        if (seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return Sight::quiet;
        if (seen <= 0) return Sight::end;
        if (!is_blank({ahead.data(), static_cast<std::size_t>(seen)})) return Sight::bytes;
        ::recv(socket, ahead.data(), static_cast<std::size_t>(seen), MSG_DONTWAIT);
    }
    return Sight::bytes;
}

Error too_large(std::size_t size, std::size_t limit) {
    return {.code = ErrorCode::too_large,
            .message =
                fmt::format("The request of {} bytes exceeds the limit of {} bytes", size, limit),
            .remedy = "Send less at once"};
}

Error bad_json(const Error& fault, const JsonReceiver& receiver) {
    if (fault.code != ErrorCode::protocol) return fault;
    const auto& beginning = receiver.beginning();
    if (receiver.blank() && is_blank(beginning))  // with a NUL in it
        return {.code = ErrorCode::protocol, .message = "Empty response from Blender"};
    return {.code = ErrorCode::protocol,
            .message = fmt::format("Invalid JSON response from Blender: {}: {}", fault.message,
                                   core::excerpt(beginning)),
            .remedy = looks_like(beginning)};
}

Error early_end(boost::system::error_code error, const JsonReceiver& receiver, const Codec& codec) {
    const bool closed = error == asio::error::eof;
    if (closed && receiver.blank() && receiver.received() > 0)
        return {.code = ErrorCode::protocol, .message = "Empty response from Blender"};
    return {.code = ErrorCode::connection,
            .message = fmt::format("Connection closed before complete response ({} bytes){}",
                                   receiver.received(), closed ? "" : ": " + error.message()),
            .remedy = codec.end_of_reply() && receiver.received() > 0
                          ? "The add-on drops what it cannot send at once: ask for less"
                          : "Blender may have ended, or the add-on stopped: its console may say "
                            "more"};
}

}  // namespace

/// One call's use of the connection: disarms what watches it, and closes the connection when the
/// call's coroutine is destroyed before it has ended.
class PlainWire::Turn {
  public:
    explicit Turn(PlainWire& wire) : wire_(wire) { wire_.busy_ = true; }
    ~Turn() {
        wire_.busy_ = false;
        wire_.deadline_.cancel();
        wire_.watch_.stop();
        if (!ended_)
            wire_.fail({.code = ErrorCode::connection, .message = "The call was abandoned"});
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    void end() { ended_ = true; }

  private:
    PlainWire& wire_;
    bool ended_ = false;
};

PlainWire::PlainWire(core::Timers& timers, StreamSocket socket, const Codec& codec,
                     const ConnectionOptions& options)
    : socket_(std::move(socket)),
      codec_(codec),
      options_(options),
      deadline_(timers, "link.plain"),
      watch_(timers, options, [this](Error why) { fail(std::move(why)); }) {}

asio::awaitable<core::Result<Reply>> PlainWire::call(Request request, core::CancelToken cancel,
                                                     ProgressHandler progress) {
    return run_call(shared_from_this(), std::move(request), std::move(cancel), std::move(progress));
}

asio::awaitable<core::Result<Reply>> PlainWire::run_call(std::shared_ptr<PlainWire> self,
                                                         Request request, core::CancelToken cancel,
                                                         ProgressHandler progress) {
    auto reply =
        co_await self->exchange(std::move(request), std::move(cancel), std::move(progress));
    if (reply) co_return reply;
    auto error = reply.error();
    error.message = "Command failed: " + error.message;
    co_return error;
}

asio::awaitable<core::Result<Reply>> PlainWire::exchange(Request request, core::CancelToken cancel,
                                                         ProgressHandler progress) {
    if (cancel.cancelled()) co_return cancelled(request.op, cancel.reason());
    if (busy_)
        co_return Error{.code = ErrorCode::internal,
                        .message = "The connection carries another call already"};
    if (auto why = obstacle()) {
        fail(*why);
        co_return *why;
    }
    const auto limit = std::min(options_.max_request_bytes, max_plain_request_bytes);
    if (request.args.size() > limit) co_return too_large(request.args.size(), limit);
    auto text = codec_.request(request.op, request.args);
    if (text.size() > limit) co_return too_large(text.size(), limit);

    Turn turn(*this);
    ++calls_;
    std::size_t sent = 0;
    const auto registration =
        cancel.on_cancel([&](core::CancelReason reason) { fail(cancelled(request.op, reason)); });
    deadline_.start(request.timeout, [&] {
        fail({.code = ErrorCode::timeout,
              .message = fmt::format("Blender did not {} {} within {}",
                                     sent > 0 ? "reply to" : "take the request", request.op,
                                     seconds(request.timeout)),
              .remedy = "Blender may still be busy with it: look at it before trying again"});
    });
    core::Result<std::string> json = std::string();
    if (const auto written = co_await send(std::move(text), sent); written)
        json = co_await receive(request.op, std::move(progress));
    else
        json = written.error();
    const auto read = [&] {
        return json ? codec_.read(std::move(*json), request.mutates)
                    : core::Result<Reply>(json.error());
    };
    auto reply = co_await core::aside(json ? json->size() : 0, read);
    turn.end();
    if (codec_.carries_one_call())
        fail({.code = ErrorCode::connection, .message = "It carries one call"});
    // An error of Blender's own is an answer: nothing is open after it.
    if (reply || reply.error().code == ErrorCode::blender) co_return reply;
    fail(reply.error());
    auto error = reply.error();
    error.outcome =
        request.mutates && sent > 0 ? core::Outcome::unknown : core::Outcome::not_applied;
    co_return error;
}

// `sent` counts also when it fails: closing the socket ends the write, which then tells.
asio::awaitable<core::Result<void>> PlainWire::send(std::string text, std::size_t& sent) {
    const auto [error, bytes] = co_await asio::async_write(socket_, asio::buffer(text),
                                                           asio::as_tuple(asio::use_awaitable));
    sent = bytes;
    if (closed_) co_return *closed_;
    if (error)
        co_return Error{.code = ErrorCode::connection,
                        .message = "The request could not be sent to Blender: " + error.message()};
    co_return core::Result<void>();
}

asio::awaitable<core::Result<std::string>> PlainWire::receive(std::string op,
                                                              ProgressHandler progress) {
    JsonReceiver receiver(options_.max_reply_bytes);
    std::string block(block_size, '\0');
    for (;;) {
        const auto [error, bytes] = co_await socket_.async_read_some(
            asio::buffer(block), asio::as_tuple(asio::use_awaitable));
        if (closed_) co_return *closed_;
        if (error) co_return early_end(error, receiver, codec_);
        deadline_.cancel();
        auto taken = take(receiver, std::string_view(block).substr(0, bytes), progress);
        if (!taken) co_return bad_json(taken.error(), receiver);
        watch_.on_bytes();
        if (!*taken) continue;
        if (receiver.not_finite() > 0)
            spdlog::warn("{} numbers in the reply to {} were not finite and became null",
                         receiver.not_finite(), op);
        co_return std::move(**taken);
    }
}

core::Result<std::optional<std::string>> PlainWire::take(JsonReceiver& receiver,
                                                         std::string_view block,
                                                         const ProgressHandler& progress) const {
    const bool by_line = codec_.has_progress_lines();
    while (!block.empty()) {
        const auto line_end = by_line ? block.find('\n') : std::string_view::npos;
        const auto part =
            block.substr(0, line_end == std::string_view::npos ? line_end : line_end + 1);
        block.remove_prefix(part.size());
        if (const auto fed = receiver.feed(part); !fed) return fed.error();
        if (!receiver.complete()) continue;
        if (const auto end = codec_.end_of_reply(); end && part.find(*end) == part.npos) continue;
        auto json = receiver.take();
        const auto told = by_line ? codec_.read_progress(json) : std::nullopt;
        if (!told) {
            // What comes with it, as what comes after it, must be blank.
            if (const auto rest = receiver.feed(block); !rest) return rest.error();
            return std::optional(std::move(json));
        }
        if (progress) progress(*told);
        receiver = JsonReceiver(options_.max_reply_bytes);
    }
    return std::optional<std::string>();
}

core::Result<Reply> PlainWire::control(const std::string& op) const {
    if (op != "ping")
        return Error{.code = ErrorCode::unavailable,
                     .message = fmt::format("This add-on cannot be asked for {}", op)};
    if (auto why = obstacle()) return *why;
    return Reply("{}", "", 0, 2, std::nullopt);
}

std::optional<Error> PlainWire::obstacle() const {
    if (closed_)
        return Error{
            .code = ErrorCode::connection,
            .message = "The connection to Blender is not usable any more: " + closed_->message};
    if (busy_) return std::nullopt;  // bytes are its reply, and its reader sees the end
    switch (look_at(const_cast<StreamSocket&>(socket_).native_handle())) {
        case Sight::quiet:
            return std::nullopt;
        case Sight::end:
            return Error{.code = ErrorCode::connection,
                         .message = "Blender has closed the connection"};
        default:
            return Error{.code = ErrorCode::connection,
                         .message =
                             "Blender sent bytes that nobody asked for: perhaps a late "
                             "reply to an earlier command"};
    }
}

void PlainWire::close() {
    fail({.code = ErrorCode::connection, .message = "The connection was closed by blender-mcpd"});
}

void PlainWire::fail(Error why) {
    if (closed_) return;
    closed_ = std::move(why);
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace blender_mcpd::link
