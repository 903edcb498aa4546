// When a request that failed is worth another attempt. Plain functions: no clock, no network.
#pragma once

#include <chrono>
#include <ctime>
#include <optional>
#include <string_view>

namespace blender_mcpd::assets {

/// What a Retry-After header asks for: seconds, or a date (RFC 9110, 10.2.3) as seen at `now`.
/// Nullopt when it is neither.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(std::string_view header,
                                                              std::time_t now);

/// The server, or something before it, is overloaded or broken for the moment.
[[nodiscard]] bool is_temporary_status(int status);

/// Doubles from half a second on: how long to wait after that many failed attempts, when nobody
/// says.
[[nodiscard]] std::chrono::milliseconds backoff(int attempts);

}  // namespace blender_mcpd::assets
