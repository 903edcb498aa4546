#include "commands.hpp"
#include "metrics_file.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace blender_mcpd::app {

int run_metrics(const Config& config) {
    if (!config.metrics.file.empty()) {
        fmt::print(stderr, "The metrics are written to {} (metrics.file)\n", config.metrics.file);
        return 1;
    }
    const auto folder = metrics_folder(process_environment());
    const auto found = folder ? read_metrics(*folder) : std::vector<ProcessMetrics>();
    if (found.empty()) {
        fmt::print(stderr,
                   "No blender-mcpd is running, or none for {} s yet: that is how often they write "
                   "their metrics\n",
                   MetricsFile::interval.count());
        return 1;
    }
    for (const auto& [process, text] : found)
        fmt::print("{}# process {}\n{}", process == found.front().process ? "" : "\n", process,
                   text);
    return 0;
}

}  // namespace blender_mcpd::app
