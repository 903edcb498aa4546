#include "metrics_log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>

namespace blender_mcpd::app {

void log_metrics(const core::Metrics& metrics) {
    std::string line;
    for (const auto& [name, value] : metrics.all()) {
        const bool always = name.starts_with("validation.") || name == "memory.timers.leaked" ||
                            name == "rate_limiter.cleanup.concurrent_prevented";
        if (value != 0 || always) line += fmt::format(" {}={}", name, value);
    }
    spdlog::info("metrics:{}", line);
}

}  // namespace blender_mcpd::app
