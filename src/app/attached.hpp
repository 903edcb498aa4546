// A process that was started to serve one client, and hands it to a daemon that runs already.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/transport/stdio.hpp>

#include <optional>

namespace blender_mcpd::app {

/// As mcp.attach says (not Attach::never): attaches to the daemon and is its proxy until the client
/// or the daemon ends it. Returns the exit code; nullopt when there is no daemon and this process
/// is to serve by itself: the descriptors are then untouched.
std::optional<int> run_attached(const Config& config, transport::StdioDescriptors descriptors);

}  // namespace blender_mcpd::app
