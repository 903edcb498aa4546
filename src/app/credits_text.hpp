// What asset.credits tells, for people.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <string>

namespace blender_mcpd::app {

/// For a terminal: a paragraph for each work, and what must be done about them at the end.
/// `credits` are the entries of asset.credits; nothing in them is trusted to be harmless.
[[nodiscard]] std::string credits_text(const core::Json& credits);

/// A page for a project: those who must be named first. Nothing in an entry works as markup.
[[nodiscard]] std::string credits_markdown(const core::Json& credits);

}  // namespace blender_mcpd::app
