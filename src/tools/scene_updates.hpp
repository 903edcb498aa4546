// Which resources have other contents when the scene has changed.
#pragma once

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/mcp/registry.hpp>

namespace blender_mcpd::tools {

/// Tells the registry. Not told: objects that only move with a parent.
void tell(mcp::Registry& registry, const blender::SceneChange& change);

}  // namespace blender_mcpd::tools
