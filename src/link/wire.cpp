#include "wire.hpp"

#include "envelope.hpp"
#include "errors.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include <sys/socket.h>

namespace blender_mcpd::link {

namespace asio = boost::asio;
using core::Error;
using core::ErrorCode;

namespace {

Error protocol(std::string message) {
    return {.code = ErrorCode::protocol, .message = std::move(message)};
}

Error unasked_bytes() {
    return protocol("Blender sent bytes that nobody asked for");
}

/// What the other requests on a connection get when it is closed because of one of them.
Error bystander(const Error& why) {
    if (why.code == ErrorCode::protocol || why.code == ErrorCode::connection) return why;
    return {.code = ErrorCode::connection,
            .message = "The connection to Blender was closed meanwhile: " + why.message};
}

/// Bytes of a large reply that are taken before others are served.
constexpr std::size_t one_read = std::size_t{128} << 10U;

/// After these replies the two sides may disagree on what still runs.
bool spoils(ErrorCode code) {
    return code == ErrorCode::timeout || code == ErrorCode::cancelled ||
           code == ErrorCode::protocol;
}

}  // namespace

/// Closes the connection when a call's coroutine is destroyed before the call has ended.
class Wire::Abandonment {
  public:
    explicit Abandonment(Wire& wire) : wire_(&wire) {}
    ~Abandonment() {
        if (wire_)
            wire_->fail({.code = ErrorCode::connection, .message = "The call was abandoned"});
    }
    Abandonment(const Abandonment&) = delete;
    Abandonment& operator=(const Abandonment&) = delete;
    void avert() { wire_ = nullptr; }

  private:
    Wire* wire_;
};

Wire::Wire(core::Timers& timers, StreamSocket socket, const ConnectionOptions& options)
    : timers_(timers),
      socket_(std::move(socket)),
      options_(options),
      decoder_(options.max_reply_bytes),
      frame_watch_(timers, options, [this](Error why) { fail(std::move(why)); }),
      ended_(timers.executor()) {}

void Wire::start() {
    asio::co_spawn(timers_.executor(), read(shared_from_this()), [](const std::exception_ptr& bug) {
        if (bug) std::rethrow_exception(bug);
    });
}

asio::awaitable<core::Result<Reply>> Wire::call(Request request, core::CancelToken cancel,
                                                ProgressHandler progress) {
    return run_call(shared_from_this(), std::move(request), std::move(cancel), std::move(progress));
}

asio::awaitable<core::Result<Reply>> Wire::run_call(std::shared_ptr<Wire> self, Request request,
                                                    core::CancelToken cancel,
                                                    ProgressHandler progress) {
    if (cancel.cancelled()) co_return cancelled(request.op, cancel.reason());
    if (const auto why = self->obstacle()) co_return *why;
    if (self->call_)
        co_return Error{.code = ErrorCode::internal,
                        .message = "The connection carries another call already"};
    if (request.uuid.empty()) request.uuid = core::random_hex(16);

    const auto exchange = std::make_shared<Exchange>(self->timers_, ++self->last_id_, request.op);
    exchange->frame = request_frame(exchange->id, request);
    request.args = {};
    if (const auto size = exchange->frame.size() - frame_header_size;
        size > self->options_.max_request_bytes)
        co_return Error{
            .code = ErrorCode::too_large,
            .message = fmt::format("The request of {} bytes exceeds the limit of {} bytes", size,
                                   self->options_.max_request_bytes),
            .remedy = "Send less at once"};
    exchange->mutates = request.mutates;
    exchange->progress = std::move(progress);
    exchange->deadline.start(request.timeout + self->options_.interrupt_grace,
                             [&] { self->on_call_deadline(request); });
    const auto registration = cancel.on_cancel([&](core::CancelReason reason) {
        if (self->call_ == exchange) self->interrupt(request, reason);
    });
    self->call_ = exchange;
    ++self->calls_;
    self->send(exchange);

    Abandonment abandonment(*self);
    auto result = co_await exchange->reply.wait();
    abandonment.avert();
    co_return result;
}

asio::awaitable<core::Result<Reply>> Wire::control(std::string op, std::string args,
                                                   std::chrono::milliseconds timeout) {
    return run_control(shared_from_this(), std::move(op), std::move(args), timeout);
}

asio::awaitable<core::Result<Reply>> Wire::run_control(std::shared_ptr<Wire> self, std::string op,
                                                       std::string args,
                                                       std::chrono::milliseconds timeout) {
    if (self->closed_) co_return *self->obstacle();
    const auto exchange = self->start_control(std::move(op), args, timeout);
    co_return co_await exchange->reply.wait();
}

asio::awaitable<Error> Wire::watch(SceneHandler handler, std::chrono::milliseconds timeout,
                                   core::CancelToken cancel) {
    return run_watch(shared_from_this(), std::move(handler), timeout, std::move(cancel));
}

asio::awaitable<Error> Wire::run_watch(std::shared_ptr<Wire> self, SceneHandler handler,
                                       std::chrono::milliseconds timeout,
                                       core::CancelToken cancel) {
    constexpr auto what = "Watching the scene";
    if (cancel.cancelled()) co_return cancelled(what, cancel.reason());
    if (self->closed_) co_return *self->obstacle();
    const auto exchange = self->start_control("watch", "{}", timeout);
    exchange->scene = std::move(handler);
    const auto registration = cancel.on_cancel(
        [wire = self.get()](core::CancelReason reason) { wire->fail(cancelled(what, reason)); });
    const auto agreed = co_await exchange->reply.wait();
    exchange->scene = nullptr;
    if (!agreed && !self->closed_) co_return agreed.error();
    co_await self->ended_.wait();
    co_return *self->closed_;
}

std::optional<Error> Wire::obstacle() const {
    if (const auto& why = closed_ ? closed_ : spent_)
        return Error{
            .code = ErrorCode::connection,
            .message = "The connection to Blender is not usable any more: " + why->message};
    return unread_bytes();
}

std::shared_ptr<Exchange> Wire::start_control(std::string op, std::string_view args,
                                              std::chrono::milliseconds timeout) {
    auto exchange = send_control(std::move(op), args);
    const Error late{.code = ErrorCode::timeout,
                     .message = fmt::format("Blender did not answer {} within {}", exchange->op,
                                            seconds(timeout)),
                     .remedy = "Blender's process may be stopped or stuck in native code"};
    exchange->deadline.start(timeout, [this, waiting = exchange.get(), late] {
        waiting->reply.set(late);
        spent_ = late;
        if (!call_) fail(late);
    });
    return exchange;
}

// The reader hears of everything, but only when the loop turns: asking the socket closes that gap.
std::optional<Error> Wire::unread_bytes() const {
    if (!pending_.empty() || scene_) return std::nullopt;
    char byte = 0;
    const auto peeked = ::recv(const_cast<StreamSocket&>(socket_).native_handle(), &byte, 1,
                               MSG_PEEK | MSG_DONTWAIT);
    if (peeked > 0) return unasked_bytes();
    if (peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return std::nullopt;
    return Error{.code = ErrorCode::connection, .message = "Blender has closed the connection"};
}

std::shared_ptr<Exchange> Wire::send_control(std::string op, std::string_view args) {
    auto exchange = std::make_shared<Exchange>(timers_, ++last_id_, std::move(op));
    exchange->frame = control_frame(exchange->id, exchange->op, args);
    send(exchange);
    return exchange;
}

void Wire::send(std::shared_ptr<Exchange> exchange) {
    pending_.emplace(exchange->id, exchange);
    outbox_.push_back(std::move(exchange));
    write_next();
}

void Wire::write_next() {
    if (outbox_.empty() || outbox_.front()->writing) return;
    const auto exchange = outbox_.front();
    exchange->writing = true;
    asio::async_write(
        socket_, asio::buffer(exchange->frame),
        [self = shared_from_this(), exchange](boost::system::error_code error, std::size_t bytes) {
            self->on_written(*exchange, error, bytes);
        });
}

void Wire::on_written(Exchange& exchange, boost::system::error_code error, std::size_t bytes) {
    exchange.writing = false;
    exchange.bytes_sent = bytes;
    exchange.frame = {};
    if (exchange.failure) exchange.fail(*exchange.failure);
    if (closed_) return;
    outbox_.pop_front();
    if (error)
        return fail({.code = ErrorCode::connection,
                     .message = "The request could not be sent to Blender: " + error.message()});
    write_next();
}

asio::awaitable<void> Wire::read(std::shared_ptr<Wire> self) {
    while (!self->closed_) {
        const auto room = self->decoder_.room();
        const auto [error, bytes] = co_await self->socket_.async_read_some(
            asio::buffer(room.data(), std::min(room.size(), one_read)),
            asio::as_tuple(asio::use_awaitable));
        if (self->closed_) co_return;
        if (error) {
            const auto* what = error == asio::error::eof ? "Blender closed the connection"
                                                         : "The connection to Blender was lost";
            const auto* where = self->decoder_.started() ? " in the middle of a reply" : "";
            const auto reason = error == asio::error::eof ? "" : ": " + error.message();
            self->fail({.code = ErrorCode::connection,
                        .message = fmt::format("{}{}{}", what, where, reason)});
            co_return;
        }
        self->on_bytes(bytes);
        if (!self->closed_ && self->decoder_.complete()) co_await self->read_frame();
    }
}

void Wire::on_bytes(std::size_t bytes) {
    if (pending_.empty() && !scene_) return fail(unasked_bytes());
    if (const auto checked = decoder_.filled(bytes); !checked) return fail(checked.error());
    if (!decoder_.complete()) return frame_watch_.on_bytes();
    frame_watch_.stop();
}

asio::awaitable<void> Wire::read_frame() {
    auto frame = decoder_.take();
    scanning_ = true;
    const auto scan = [&frame] { return read_envelope(frame.json); };
    const auto envelope = co_await core::aside(frame.json.size(), scan);
    scanning_ = false;
    if (!closed_) on_frame(frame, envelope);
}

void Wire::on_frame(Frame& frame, const core::Result<Envelope>& envelope) {
    if (!envelope) return fail(envelope.error());
    if (const auto* reply = std::get_if<ReplyEnvelope>(&*envelope))
        on_reply(*reply, frame);
    else if (const auto* progress = std::get_if<ProgressEnvelope>(&*envelope))
        on_progress(*progress);
    else
        on_scene(std::get<SceneEvent>(*envelope));
    if (call_ && call_->late) fail(*call_->late);
}

void Wire::on_reply(const ReplyEnvelope& envelope, Frame& frame) {
    const auto found = pending_.find(envelope.id);
    if (found == pending_.end())
        return fail(
            protocol(fmt::format("Blender answered request {}, which is not open", envelope.id)));
    const auto exchange = found->second;
    pending_.erase(found);
    exchange->deadline.cancel();
    const bool is_call = exchange == call_;
    if (is_call) call_.reset();

    if (envelope.ok && exchange->scene) {
        scene_ = exchange->scene;
        SceneEvent as_it_is;
        as_it_is.generation = envelope.generation.value_or(0);
        on_scene(as_it_is);
    }
    if (envelope.ok) {
        const auto begin = static_cast<std::size_t>(envelope.body.data() - frame.json.data());
        exchange->reply.set(Reply(std::move(frame.json), std::move(frame.blob), begin,
                                  envelope.body.size(), envelope.generation));
        return;
    }
    auto error = to_error(envelope.body, exchange->mutates);
    if (is_call && spoils(error.code)) spent_ = error;
    exchange->reply.set(std::move(error));
}

void Wire::on_progress(const ProgressEnvelope& envelope) {
    if (!call_ || call_->id != envelope.id)
        return fail(protocol(fmt::format(
            "Blender reported progress of request {}, which is not open", envelope.id)));
    const auto call = call_;  // the handler may cancel or close
    if (call->progress && !call->cancelled) call->progress(envelope.progress);
}

void Wire::on_scene(const SceneEvent& event) {
    if (!scene_) return fail(protocol("Blender told of a change that nobody wants to know"));
    const auto handler = scene_;  // it may close, and so end itself
    handler(event);
}

void Wire::on_call_deadline(const Request& request) {
    const bool sent = std::find(outbox_.begin(), outbox_.end(), call_) == outbox_.end();
    Error why{
        .code = ErrorCode::timeout,
        .remedy = "Blender may still be busy with it: ask for its status before trying again"};
    if (sent)
        why.message = fmt::format(
            "Blender did not reply to {} within {}, and did not interrupt it within another {}",
            request.op, seconds(request.timeout), seconds(options_.interrupt_grace));
    else
        why.message = fmt::format("Blender did not take the request {} within {}", request.op,
                                  seconds(request.timeout + options_.interrupt_grace));
    if (sent && (decoder_.started() || scanning_))
        call_->late = std::move(why);
    else
        fail(std::move(why));
}

void Wire::interrupt(const Request& request, core::CancelReason reason) {
    const auto grace = options_.interrupt_grace;
    const auto why = cancelled(request.op, reason,
                               "; Blender did not answer the interrupt within " + seconds(grace));
    call_->cancelled = true;
    call_->deadline.start(grace, [this, why] { fail(why); });
    spent_ = cancelled(request.op, reason);
    send_control("interrupt", R"({"uuid":)" + core::quoted(request.uuid) + "}");
}

void Wire::close() {
    fail({.code = ErrorCode::connection, .message = "The connection was closed by blender-mcpd"});
}

void Wire::fail(Error why) {
    if (closed_) return;
    closed_ = std::move(why);
    frame_watch_.stop();
    boost::system::error_code ignored;
    socket_.close(ignored);
    outbox_.clear();
    scene_ = nullptr;
    ended_.set();
    const auto call = std::exchange(call_, nullptr);
    for (const auto& [id, exchange] : std::exchange(pending_, {})) {
        exchange->deadline.cancel();
        auto error = exchange == call ? *closed_ : bystander(*closed_);
        // How much of it was sent is known when its write ends, which closing the socket has
        // brought about.
        if (exchange->writing)
            exchange->failure = std::move(error);
        else
            exchange->fail(std::move(error));
    }
}

}  // namespace blender_mcpd::link
