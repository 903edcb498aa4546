#include "batch.hpp"
#include "encode.hpp"
#include "session_state.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <variant>

namespace blender_mcpd::mcp {

namespace {

Preview preview_of(const Message& message, std::string_view text) {
    Preview seen;
    const auto first = text.find_first_not_of(" \t\r\n");
    const auto* bad = std::get_if<BadMessage>(&message);
    seen.object = first != std::string_view::npos && text[first] == '{' &&
                  (bad == nullptr || bad->error.code != RpcCode::parse_error);
    if (const auto* request = std::get_if<Request>(&message)) {
        seen.request = true;
        seen.modern = !request->envelope.claim.empty();
        seen.initialize = request->method == "initialize" && !seen.modern;
    } else if (const auto* notification = std::get_if<Notification>(&message)) {
        const auto raw = notification->params.empty() ? "{}" : notification->params;
        seen.modern = !read_envelope(*core::RawObject::scan(raw)).claim.empty();
    }
    return seen;
}

}  // namespace

struct Incoming::Parts {
    std::string_view text;
    Message message;
    Preview preview;
};

Incoming::Incoming(std::string_view text, Read)
    : parts_(std::make_unique<Parts>(Parts{text, classify(text), {}})) {
    parts_->preview = preview_of(parts_->message, text);
}
Incoming::~Incoming() = default;
Incoming::Incoming(Incoming&&) noexcept = default;
Incoming& Incoming::operator=(Incoming&&) noexcept = default;

const Preview& Incoming::preview() const {
    return parts_->preview;
}

Session::Session(Server& server, std::string client, std::string_view transport)
    : state_(std::make_shared<State>(server, std::move(client), transport)) {}

Session::~Session() {
    state_->closed = true;
    state_->subscriptions.shut();
    for (auto& [id, call] : state_->calls)
        call.outlet->shut();
    for (const auto& [id, question] : state_->questions)
        question.answer->set(core::Error{core::ErrorCode::cancelled, "The client went away"});
}

void Session::attach(std::shared_ptr<Channel> channel) {
    state_->subscriptions.attach(std::move(channel));
}

bool Session::receive(Incoming message, std::shared_ptr<Channel> channel,
                      const MirroredHeaders* headers) {
    const auto state = state_;
    if (state->closed) return false;
    auto& parts = *message.parts_;
    if (is_batch(parts.text)) return state->receive_batch(parts.text, channel);
    return state->receive(std::move(parts.message), std::make_shared<Outlet>(std::move(channel)),
                          headers);
}

void Session::reject_oversized(std::size_t limit, const std::shared_ptr<Channel>& channel) {
    const auto text = fmt::format("Invalid request: longer than the limit of {} bytes", limit);
    state_->handle(BadMessage{{}, {RpcCode::invalid_request, text}},
                   std::make_shared<Outlet>(channel));
}

std::size_t Session::in_flight() const {
    return state_->calls.size();
}

Revision Session::revision() const {
    return state_->legacy;
}

void Session::cancel_all(core::CancelReason reason) {
    state_->end(reason);
}

void Session::close(const Channel& channel) {
    state_->subscriptions.drop(channel);
    auto calls = state_->calls;
    for (auto& [id, call] : calls) {
        if (!call.outlet->leads_to(channel)) continue;
        call.outlet->shut();
        call.source.cancel(core::CancelReason::closed);
    }
}

boost::asio::awaitable<void> Session::drained() {
    const auto state = state_;
    while (!state->calls.empty()) {
        state->idle.reset();
        co_await state->idle.wait();
    }
}

Session::State::State(Server& shared, std::string name, std::string_view how)
    : server(shared),
      client(std::move(name)),
      transport(how),
      subscriptions(shared),
      idle(shared.timers().executor()) {}

bool Session::State::receive(Message message, const std::shared_ptr<Outlet>& outlet,
                             const MirroredHeaders* headers) {
    if (auto* request = std::get_if<Request>(&message))
        return handle(std::move(*request), outlet, headers);
    if (const auto* bad = std::get_if<BadMessage>(&message)) return handle(*bad, outlet);
    if (const auto* notification = std::get_if<Notification>(&message)) handle(*notification);
    if (const auto* response = std::get_if<Response>(&message)) handle(*response);
    return false;
}

// JSON-RPC batches: only 2025-03-26 has them (basic/index of that revision).
bool Session::State::receive_batch(std::string_view message,
                                   const std::shared_ptr<Channel>& channel) {
    const auto refuse = [&](RpcCode code, std::string text) {
        return handle(BadMessage{{}, {code, std::move(text)}}, std::make_shared<Outlet>(channel));
    };
    if (!legacy.has_batches())
        return refuse(RpcCode::invalid_request,
                      "Invalid request: batches are not supported, send one message at a time");
    const auto messages = split_batch(message);
    if (!messages) return refuse(RpcCode::parse_error, "Parse error: " + messages.error().message);
    if (messages->empty() || messages->size() > max_batch)
        return refuse(
            RpcCode::invalid_request,
            fmt::format("Invalid request: a batch must hold 1 to {} messages", max_batch));

    const auto batch = std::make_shared<Batch>(channel);
    bool awaited = false;
    for (const auto one : *messages) {
        const auto outlet = std::make_shared<Outlet>(batch->add(), *channel);
        if (receive_in_batch(one, outlet))
            awaited = true;
        else
            outlet->abandon();
    }
    batch->seal(awaited);
    return awaited;
}

bool Session::State::receive_in_batch(std::string_view message,
                                      const std::shared_ptr<Outlet>& outlet) {
    auto classified = classify(message);
    const auto* request = std::get_if<Request>(&classified);
    if (request != nullptr) {
        const bool modern = !request->envelope.claim.empty();
        if (modern || request->method == "initialize") {
            const auto* what = modern ? "a revision without batches" : "initialize";
            const auto text = std::string("Invalid request: ") + what + " in a batch";
            return handle(BadMessage{request->id, {RpcCode::invalid_request, text}}, outlet);
        }
    }
    return receive(std::move(classified), outlet, nullptr);
}

bool Session::State::handle(const BadMessage& message, const std::shared_ptr<Outlet>& outlet) {
    server.metrics().add(errors_sent);
    spdlog::debug("bad message: {}", message.error.message);
    outlet->respond(encode_error(message.id, legacy, message.error), Disposition::rejected);
    return true;
}

void Session::State::handle(const Notification& notification) {
    if (notification.method == "notifications/cancelled") cancel_request(notification.params);
    if (notification.method == "notifications/initialized") subscriptions.set_ready();
    // Everything else needs no action and never an answer.
}

void Session::State::cancel_request(std::string_view params) {
    const auto scanned = core::RawObject::scan(params.empty() ? "{}" : params);
    const auto raw = scanned->find("requestId");
    if (!raw) return;
    const std::string id(*raw);
    subscriptions.drop(id);
    const auto call = calls.find(id);
    if (call == calls.end()) return;  // unknown or finished: to be ignored (utilities/cancellation)
    auto source = call->second.source;
    source.cancel(core::CancelReason::client);
}

void Session::State::end(core::CancelReason reason) {
    if (reason == core::CancelReason::closed) {
        closed = true;
        subscriptions.shut();
    } else {
        subscriptions.end();
    }
    // Callbacks may end calls, so go by a copy.
    auto flying = calls;
    for (auto& [id, call] : flying) {
        if (reason == core::CancelReason::closed) call.outlet->shut();
        call.source.cancel(reason);
    }
}

}  // namespace blender_mcpd::mcp
