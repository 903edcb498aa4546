// The file of the audit log: private, appended to, rotated. Used by one thread at a time.
#pragma once

#include "audit_options.hpp"

#include <blender_mcpd/core/error.hpp>

#include <string_view>

namespace blender_mcpd::app {

/// Where lines go. A call may take as long as a slow disk does.
class AuditSink {
  public:
    virtual ~AuditSink() = default;
    /// From now on lines go there. Also when nothing has changed: the file is opened anew.
    [[nodiscard]] virtual core::Result<void> open(const AuditOptions& options) = 0;
    /// The whole line, which ends with a line feed, or nothing of it.
    [[nodiscard]] virtual core::Result<void> append(std::string_view line) = 0;
};

/// Several processes may append to the same file: each holds a lock while it writes and rotates.
/// A file that was moved away (logrotate) or removed is made anew at the next line.
///
/// It must be a regular file of ours; nobody else can read it afterwards. No symbolic link is
/// followed at its end, and none before that belongs to somebody else but root.
class AuditFile final : public AuditSink {
  public:
    AuditFile() = default;
    ~AuditFile() override;
    AuditFile(const AuditFile&) = delete;
    AuditFile& operator=(const AuditFile&) = delete;

    core::Result<void> open(const AuditOptions& options) override;
    core::Result<void> append(std::string_view line) override;

  private:
    core::Result<void> open_file();
    /// Holds the lock of the file that is at the path now.
    core::Result<void> lock_current();
    [[nodiscard]] bool was_moved() const;
    void rotate();
    void close();

    AuditOptions options_;
    int descriptor_ = -1;
    bool told_of_rotation_ = false;  // that it fails
};

}  // namespace blender_mcpd::app
