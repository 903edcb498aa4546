// Server-sent events (WHATWG HTML, 9.2) as MCP uses them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::transport::http {

/// Where an event stands: which stream of its session, and which event of it. Streams count from 0,
/// events from 1; 0 is the place before the first one.
struct EventId {
    std::uint64_t stream = 0;
    std::uint64_t number = 0;
    bool operator==(const EventId&) const = default;
};

/// "3-7"
[[nodiscard]] std::string to_string(EventId id);
/// Nothing unless it is exactly what to_string() makes.
[[nodiscard]] std::optional<EventId> read_event_id(std::string_view text);

/// `message` has no line break.
[[nodiscard]] std::string event(EventId id, std::string_view message);
/// Tells a client from where to go on should it lose the stream at once, and how soon to come back
/// (2025-11-25 basic/transports).
[[nodiscard]] std::string priming_event(EventId id);
inline constexpr std::string_view comment = ": keep-alive\n\n";

}  // namespace blender_mcpd::transport::http
