#include "http_exchange.hpp"

#include <utility>

namespace blender_mcpd::transport::http {

void Exchange::respond(Response response) {
    if (!connected_ || response_) return;
    response_ = std::move(response);
    ended_ = true;
    wake_();
}

void Exchange::open_stream(std::vector<Header> headers) {
    if (!connected_ || response_) return;
    response_.emplace();
    response_->content_type = "text/event-stream";
    response_->headers = std::move(headers);
    response_->headers.push_back({"Cache-Control", "no-store"});
    streaming_ = true;
    wake_();
}

void Exchange::write(std::string_view events) {
    if (!has_room()) return;
    outbox_.add(std::string(events));
    wake_();
}

void Exchange::write_event(std::string_view lines, std::string message) {
    if (!has_room()) return;
    outbox_.add(std::string(lines) + "data: ");
    message += "\n\n";
    outbox_.add(std::move(message));
    wake_();
}

bool Exchange::has_room() {
    if (!connected_ || !streaming() || overflowed_) return false;
    if (outbox_.size() <= max_outbox_bytes_) return true;
    overflowed_ = true;
    outbox_.clear();
    wake_();
    return false;
}

void Exchange::end_stream() {
    if (!connected_ || !streaming()) return;
    ended_ = true;
    wake_();
}

void Exchange::silence() {
    if (connected_ && !ended_ && on_silence_) on_silence_();
}

void Exchange::finish() {
    on_disconnect_ = nullptr;
    disconnect();
}

void Exchange::disconnect() {
    if (!std::exchange(connected_, false)) return;
    wake_ = nullptr;
    on_silence_ = nullptr;
    outbox_.clear();
    const auto callback = std::exchange(on_disconnect_, nullptr);
    if (callback) callback();
}

}  // namespace blender_mcpd::transport::http
