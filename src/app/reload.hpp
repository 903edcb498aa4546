// Reading the configuration anew while the daemon serves.
#pragma once

#include <blender_mcpd/app/config.hpp>

#include <string>
#include <vector>

namespace blender_mcpd::app {

struct Reload {
    Config config;                     // the one in effect, with what may change while it runs
    std::vector<std::string> changed;  // the settings that have changed there
    std::vector<std::string> waiting;  // those that take effect at the next start only
};

/// `current` is in effect, `wanted` was just read. In the order of the table of settings.
[[nodiscard]] Reload reload(const Config& current, const Config& wanted);

/// For the log: "limits.per_minute, log.level", at most a line.
[[nodiscard]] std::string list_of(const std::vector<std::string>& names);

}  // namespace blender_mcpd::app
