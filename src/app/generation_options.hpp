// Who makes 3D models and how long that may take, from the configuration.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/assets/generation.hpp>

#include <map>
#include <string>

namespace blender_mcpd::app {

[[nodiscard]] assets::GenerationOptions generation_options(
    const Config& config, const std::map<std::string, std::string>& environment);

}  // namespace blender_mcpd::app
