#include "http_sse.hpp"

#include <fmt/format.h>

#include <charconv>

namespace blender_mcpd::transport::http {

std::string to_string(EventId id) {
    return fmt::format("{}-{}", id.stream, id.number);
}

std::optional<EventId> read_event_id(std::string_view text) {
    EventId id;
    const auto* const end = text.data() + text.size();
    const auto stream = std::from_chars(text.data(), end, id.stream);
    if (stream.ec != std::errc{} || stream.ptr == end || *stream.ptr != '-') return std::nullopt;
    const auto number = std::from_chars(stream.ptr + 1, end, id.number);
    if (number.ec != std::errc{} || number.ptr != end || to_string(id) != text) return std::nullopt;
    return id;
}

std::string event(EventId id, std::string_view message) {
    return fmt::format("id: {}\ndata: {}\n\n", to_string(id), message);
}

std::string priming_event(EventId id) {
    return fmt::format("id: {}\nretry: 1000\ndata:\n\n", to_string(id));
}

}  // namespace blender_mcpd::transport::http
