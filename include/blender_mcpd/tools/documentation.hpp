// What there is to read about the tools, made of their schemas.
#pragma once

#include <blender_mcpd/tools/selection.hpp>

#include <string>

namespace blender_mcpd::tools {

/// All tools, whole: docs/tools.md.
[[nodiscard]] std::string markdown();

/// A line a tool: name, set, title; with an asterisk those that are selected.
[[nodiscard]] std::string list(const ToolSelection& selection);

/// Those that are selected, as one JSON array of objects: name, title, description.
[[nodiscard]] std::string list_json(const ToolSelection& selection);

}  // namespace blender_mcpd::tools
