// What the tools for assets have in common.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <string_view>

namespace blender_mcpd::tools {

/// Error: unavailable, where there is none.
[[nodiscard]] core::Result<assets::Assets*> asset_library(const Toolbox& toolbox);

/// What the arguments of a search leave.
[[nodiscard]] assets::SearchFilters filters_of(const core::Json& arguments);

/// For clients: without what is not known.
[[nodiscard]] core::Json to_json(const assets::Asset& asset);

/// What asset.import answered: `imported`, and as of every edit `changes` and `generation`. Its
/// provenance is in `asset` already.
void add_imported(core::Json& answer, std::string_view imported);

}  // namespace blender_mcpd::tools
