// The metrics as a file in the text format of Prometheus: for `blender-mcpd metrics`, and for the
// textfile collector of its node exporter.
#pragma once

#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace blender_mcpd::app {

/// Where running daemons leave their metrics: in state_folder(), if there is one.
[[nodiscard]] std::optional<std::filesystem::path> metrics_folder(
    const std::map<std::string, std::string>& environment);

/// Written every `interval` when something has changed, and at the end. Loop thread only.
class MetricsFile {
  public:
    static constexpr std::chrono::seconds interval{10};

    /// An empty path: a file of this process in metrics_folder(), which goes with it.
    MetricsFile(core::Timers& timers, const core::Metrics& metrics, const std::string& path);

    void start();
    /// The last values; a file of this process is removed instead.
    void finish();

  private:
    void write();

    const core::Metrics& metrics_;
    std::filesystem::path path_;  // empty: nowhere
    bool own_;
    std::string written_;
    core::Timer timer_;
};

struct ProcessMetrics {
    pid_t process;
    std::string text;
};
/// Of the processes that run; what others have left is removed.
[[nodiscard]] std::vector<ProcessMetrics> read_metrics(const std::filesystem::path& folder);

}  // namespace blender_mcpd::app
