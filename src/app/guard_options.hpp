// The guards as the configuration wants them.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/tools/guards.hpp>

namespace blender_mcpd::app {

/// `config` must have passed load_config(). Where files.roots is empty, the temporary folder and
/// the home of `environment` are the roots; of the home only the folders that are not hidden, where
/// a Blender may be started in a sandbox. Asks the file system.
[[nodiscard]] tools::GuardOptions guard_options(
    const Config& config, const std::map<std::string, std::string>& environment);

}  // namespace blender_mcpd::app
