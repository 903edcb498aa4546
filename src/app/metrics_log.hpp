// The metrics as one line of the log, for the end.
#pragma once

#include <blender_mcpd/core/metrics.hpp>

namespace blender_mcpd::app {

/// What was not zero, and the guards' own five.
void log_metrics(const core::Metrics& metrics);

}  // namespace blender_mcpd::app
