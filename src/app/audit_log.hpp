// The audit log: a line for every call of a tool, written beside the loop. A slow or full disk
// delays no call and fails none; what it does not take is counted.
#pragma once

#include "audit_file.hpp"
#include "audit_options.hpp"

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/mcp/call_audit.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace blender_mcpd::app {

inline constexpr core::Metric audit_lines{"audit.lines", "Lines that the audit log has taken"};
inline constexpr core::Metric audit_lines_lost{
    "audit.lines_lost", "Lines that the audit log has lost, as nobody could write them"};

/// Lines that wait for the disk; what comes on top is lost.
struct AuditQueueLimits {
    std::size_t lines = 10'000;
    std::size_t bytes = std::size_t{64} << 20;  // of arguments and results
};

/// Loop thread. Records may outlive it; what ends then is not written.
class AuditLog final : public mcp::CallAudit {
  public:
    /// `clock` must outlive it and `metrics` the writing. `sink` is used by a thread of its own.
    AuditLog(const core::Clock& clock, core::Metrics& metrics, std::unique_ptr<AuditSink> sink,
             AuditQueueLimits limits = {});
    /// What waits is written, unless finish() was given up: then it is left to its fate.
    ~AuditLog() override;
    AuditLog(const AuditLog&) = delete;
    AuditLog& operator=(const AuditLog&) = delete;

    /// From now on it is so. Opens the file (anew). Problems are logged, once.
    void configure(const AuditOptions& options);
    /// False: begin() must not be called.
    [[nodiscard]] bool on() const;

    std::shared_ptr<mcp::CallRecord> begin(const mcp::CallStart& start) override;

    /// Returns when all that was told until now is written or lost.
    boost::asio::awaitable<void> written();
    /// For shutdown: returns when all that was told until now is written. Later calls are not.
    boost::asio::awaitable<void> finish();

  private:
    class Record;
    class Writer;

    const core::Clock& clock_;
    std::shared_ptr<Writer> writer_;
    std::string process_;  // random: call ids of different processes differ
    std::uint64_t calls_ = 0;
    bool finishing_ = false;
    bool finished_ = false;
};

}  // namespace blender_mcpd::app
