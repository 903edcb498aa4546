// What the tools for assets have in common.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

namespace blender_mcpd::tools {

/// Error: unavailable, where there is none.
[[nodiscard]] core::Result<assets::Assets*> asset_library(const Toolbox& toolbox);

/// For clients: without what is not known.
[[nodiscard]] core::Json to_json(const assets::Asset& asset);

}  // namespace blender_mcpd::tools
