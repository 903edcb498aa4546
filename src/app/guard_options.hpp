// The guards as the configuration wants them.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/tools/guards.hpp>

namespace blender_mcpd::app {

/// `config` must have passed load_config(). Where files.roots is empty, the home and the temporary
/// folder of `environment` are the roots.
[[nodiscard]] tools::GuardOptions guard_options(
    const Config& config, const std::map<std::string, std::string>& environment);

}  // namespace blender_mcpd::app
