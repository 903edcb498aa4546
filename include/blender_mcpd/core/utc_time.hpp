// Time as logs and messages write it.
#pragma once

#include <chrono>
#include <string>

namespace blender_mcpd::core {

/// RFC 3339 in UTC: "2025-01-31T12:00:00.123Z".
[[nodiscard]] std::string utc_time(std::chrono::system_clock::time_point time);

}  // namespace blender_mcpd::core
