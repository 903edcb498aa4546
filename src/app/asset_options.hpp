// What the library of assets is to do, from the configuration.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/assets/assets.hpp>

#include <map>
#include <string>

namespace blender_mcpd::app {

[[nodiscard]] assets::AssetsOptions asset_options(
    const Config& config, const std::map<std::string, std::string>& environment);

}  // namespace blender_mcpd::app
