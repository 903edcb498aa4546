// What settings must be, where their type does not say it all. Constants: they need no
// initialisation at run time.
#pragma once

#include "settings.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace blender_mcpd::app {

inline constexpr std::array<std::string_view, 4> script_policy_names{"off", "warn", "ask", "block"};
inline constexpr std::int64_t max_memory_mb = std::int64_t{1} << 24;  // 16 TiB

extern const Rule host_rule;
extern const Rule listen_rule;
extern const Rule path_rule;
extern const Rule memory_rule;
extern const Rule stuck_rule;
extern const Rule tool_limits_rule;
extern const Rule tools_rule;
extern const Rule modules_rule;
extern const Rule sha256_rule;
extern const Rule script_rules_rule;
extern const Rule origins_rule;
extern const Rule hosts_rule;
extern const Rule roots_rule;
extern const Rule providers_rule;
extern const Rule resolution_rule;
extern const Rule provider_url_rule;
extern const Rule optional_url_rule;

}  // namespace blender_mcpd::app
