// What the library of assets is to do, from the configuration.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/assets/assets.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace blender_mcpd::app {

[[nodiscard]] assets::AssetsOptions asset_options(
    const Config& config, const std::map<std::string, std::string>& environment);

/// The folders with files of assets, for a Blender in a sandbox to read. That for downloads is
/// made, as only what is there when Blender starts can be allowed.
[[nodiscard]] std::vector<std::filesystem::path> asset_folders(
    const assets::AssetsOptions& options);

}  // namespace blender_mcpd::app
