#include "http_replay.hpp"

#include <algorithm>
#include <utility>

namespace blender_mcpd::transport::http {

void Replay::keep(EventId id, std::string text, core::TimePoint now) {
    drop_old(now);
    if (text.size() > limits_.bytes) return;
    bytes_ += text.size();
    kept_.push_back({id, std::move(text), now});
    while (kept_.size() > limits_.events || bytes_ > limits_.bytes)
        drop_first();
}

std::string Replay::after(EventId id, core::TimePoint now) {
    drop_old(now);
    std::string texts;
    for (const auto& kept : kept_)
        if (kept.id.stream == id.stream && kept.id.number > id.number) texts += kept.text;
    return texts;
}

bool Replay::has(std::uint64_t stream, core::TimePoint now) {
    drop_old(now);
    return std::ranges::any_of(kept_, [&](const Kept& kept) { return kept.id.stream == stream; });
}

void Replay::drop_old(core::TimePoint now) {
    while (!kept_.empty() && now - kept_.front().at > limits_.time)
        drop_first();
}

void Replay::drop_first() {
    bytes_ -= kept_.front().text.size();
    kept_.pop_front();
}

}  // namespace blender_mcpd::transport::http
