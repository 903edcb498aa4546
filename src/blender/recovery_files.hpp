// What a Blender that has ended left of its work, and what is kept of its death. Blocks on the
// disk, shortly: the files are small and few.
#pragma once

#include "restore_plan.hpp"

#include <blender_mcpd/core/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace blender_mcpd::blender {

/// Reads what src/runtime/blender_mcpd_runtime/recovery.py has written. What cannot be read is not
/// there.
[[nodiscard]] Findings read_findings(const std::filesystem::path& folder);

/// Crash reports: one JSON file a death, the last ones.
class CrashReports {
  public:
    static constexpr std::size_t max_reports = 20;

    /// An empty folder: nothing is kept.
    explicit CrashReports(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// The path of the new file; empty when it cannot be written, which the log says once.
    std::string write(const core::Json& report);
    /// Replaces one that write() has made.
    void rewrite(const std::string& path, const core::Json& report);

  private:
    void drop_old() const;
    std::filesystem::path folder_;
    bool warned_ = false;
    std::size_t written_ = 0;
};

/// The time of the system clock for people: "2026-01-31T12:00:00Z".
[[nodiscard]] std::string wall_time();

}  // namespace blender_mcpd::blender
