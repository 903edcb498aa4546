// The configuration of a command that works in a Blender of its own, whatever else runs.
#pragma once

#include <blender_mcpd/app/config.hpp>

#include <string>

namespace blender_mcpd::app {

/// Starts one as nobody has touched it, on that file (absolute; empty: the startup scene), and
/// keeps nothing of what is done there.
[[nodiscard]] Config with_own_blender(Config config, std::string blend_file);

}  // namespace blender_mcpd::app
