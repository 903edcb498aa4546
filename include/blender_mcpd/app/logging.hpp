// The log: spdlog's default logger, set up for a daemon whose standard output belongs to a
// protocol.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <string>

namespace blender_mcpd::app {

enum class LogLevel { trace, debug, info, warn, error, off };

enum class LogFormat {
    text,  // for people: "2025-01-31T12:00:00.123Z info message"
    json,  // for machines: one object a line, {"time":…,"level":…,"message":…}
};

/// Sends the log to `file` (appended to; made for the owner only), or to stderr when it is empty.
/// Never to stdout: a file that is the same is refused. For systemd's journal, lines begin with
/// their priority.
///
/// From then on logging never throws, never blocks for long and never ends the process: what a
/// closed, full or broken destination does not take is dropped, and the number of lost records is
/// logged once it takes some again. SIGPIPE is ignored from here on. Any thread may log; call this
/// from one thread, again if need be.
[[nodiscard]] core::Result<void> setup_logging(LogLevel level, LogFormat format,
                                               const std::string& file);

}  // namespace blender_mcpd::app
