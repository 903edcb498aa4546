#include "http_legacy.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <utility>

namespace blender_mcpd::transport::http {

namespace {

constexpr std::uint64_t standalone = 0;  // the stream that belongs to no request
constexpr std::size_t id_bytes = 32;

Response session_ended() {
    return refusal(404, "session", "The session has ended; initialize again");
}

}  // namespace

LegacySession::LegacySession(core::Timers& timers, mcp::Server& server, const HttpOptions& options)
    : timers_(timers),
      options_(options),
      id_(core::random_hex(id_bytes)),
      session_(server, server.name_client(), "http"),
      replay_({options.max_replay_events, options.max_replay_bytes, options.replay_time}),
      last_used_(timers.now()),
      idle_(timers, "http session idle") {}

void LegacySession::post(mcp::Incoming message, const std::shared_ptr<Exchange>& exchange) {
    used();
    const auto number = ++last_stream_;
    const auto stream = std::make_shared<LegacyStream>(*this, number);
    streams_[number] = stream;
    stream->bind(exchange);
    if (session_.receive(std::move(message), stream)) return;
    streams_.erase(number);
    Response accepted;
    accepted.status = 202;
    exchange->respond(std::move(accepted));
}

void LegacySession::get(const Request& request, const std::shared_ptr<Exchange>& exchange) {
    used();
    if (const auto text = request.header("last-event-id")) {
        const auto last = read_event_id(*text);
        if (!last)
            return exchange->respond(refusal(400, "event_id", "Last-Event-ID is none of ours"));
        return resume(*last, exchange);
    }
    auto& stream = streams_[standalone];
    if (stream && stream->connected())
        return exchange->respond(
            refusal(409, "second_stream", "This session has an event stream already"));
    if (!stream) {
        stream = std::make_shared<LegacyStream>(*this, standalone);
        session_.attach(stream);
    }
    stream->bind(exchange);
    stream->open();
}

void LegacySession::resume(EventId last, const std::shared_ptr<Exchange>& exchange) {
    if (const auto open = streams_.find(last.stream); open != streams_.end())
        return open->second->resume(exchange, last.number);
    if (!replay_.has(last.stream, timers_.now()))
        return exchange->respond(refusal(
            400, "event_id", "What came after Last-Event-ID is not kept any more; call again"));
    exchange->open_stream();
    exchange->write(replay_.after(last, timers_.now()));
    exchange->end_stream();
}

bool LegacySession::busy() const {
    return session_.in_flight() > 0 || std::ranges::any_of(streams_, [](const auto& entry) {
               return entry.second->connected();
           });
}

void LegacySession::on_idle(std::function<void()> callback) {
    on_idle_ = std::move(callback);
    watch_idle();
}

void LegacySession::watch_idle() {
    idle_.start(options_.session_idle, [this] {
        if (busy()) return watch_idle();
        const auto callback = std::exchange(on_idle_, nullptr);
        callback();
    });
}

void LegacySession::used() {
    last_used_ = timers_.now();
    idle_.extend(options_.session_idle);
}

void LegacySession::end() {
    idle_.cancel();
    session_.cancel_all(core::CancelReason::closed);
    for (const auto& [number, stream] : std::exchange(streams_, {}))
        stream->close(session_ended());
}

void LegacySession::stop(core::CancelReason reason) {
    idle_.cancel();
    session_.cancel_all(reason);
    if (const auto stream = streams_.find(standalone); stream != streams_.end())
        stream->second->close({});
}

LegacyStream::LegacyStream(LegacySession& session, std::uint64_t number)
    : session_(session.weak_from_this()), number_(number) {}

void LegacyStream::bind(std::shared_ptr<Exchange> exchange) {
    // A client that comes back may be faster than the news that its old connection is gone.
    if (exchange_) exchange_->end_stream();
    exchange_ = std::move(exchange);
    exchange_->on_disconnect([weak = weak_from_this(), bound = exchange_.get()] {
        const auto self = weak.lock();
        if (self && self->exchange_.get() == bound) self->exchange_ = nullptr;
    });
    exchange_->on_silence([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || !self->exchange_) return;
        self->open();
        self->exchange_->write(comment);
    });
}

void LegacyStream::open() {
    const auto session = session_.lock();
    if (!session || !exchange_ || !exchange_->fresh()) return;
    opened_ = true;
    exchange_->open_stream();
    // Older clients take the empty message for a broken one.
    if (session->primes()) exchange_->write(priming_event({number_, last_}));
}

void LegacyStream::resume(std::shared_ptr<Exchange> exchange, std::uint64_t after) {
    const auto session = session_.lock();
    if (!session) return;
    bind(std::move(exchange));
    exchange_->open_stream();
    exchange_->write(session->replay_.after({number_, after}, session->timers_.now()));
}

void LegacyStream::close(Response response) {
    if (!exchange_) return;
    exchange_->respond(std::move(response));
    exchange_->end_stream();
    exchange_ = nullptr;
}

void LegacyStream::send(std::string message) {
    open();
    write(std::move(message));
}

void LegacyStream::write(std::string message) {
    const auto session = session_.lock();
    if (!session || !opened_) return;  // no client could ask for it
    const EventId id{number_, ++last_};
    // What is too large to be kept is not copied either.
    if (message.size() <= session->options_.max_replay_bytes)
        session->replay_.keep(id, event(id, message), session->timers_.now());
    if (exchange_) exchange_->write_event("id: " + to_string(id) + "\n", std::move(message));
}

void LegacyStream::respond(std::string message, mcp::Disposition disposition) {
    const auto session = session_.lock();
    if (!session) return;
    if (exchange_ && exchange_->fresh()) {
        Response response;
        // 404 would mean that there is no such session.
        response.status = disposition == mcp::Disposition::rejected ? 400 : 200;
        response.content_type = "application/json";
        if (!session->established_) {
            const auto answer = core::RawObject::scan(message);
            session->established_ = answer && answer->find("result");
            if (session->established_) response.headers.push_back({"Mcp-Session-Id", session->id_});
        }
        response.body = std::move(message);
        exchange_->respond(std::move(response));
    } else {
        write(std::move(message));
    }
    finish();
}

void LegacyStream::abandon() {
    // An empty stream: there is no answer, and nothing to come back for.
    if (exchange_ && exchange_->fresh()) exchange_->open_stream();
    finish();
}

void LegacyStream::finish() {
    if (exchange_) exchange_->end_stream();
    exchange_ = nullptr;
    if (const auto session = session_.lock()) session->streams_.erase(number_);
}

}  // namespace blender_mcpd::transport::http
