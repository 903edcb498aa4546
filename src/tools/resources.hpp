// What can be read: the resources and templates of the scene and of the daemon. Those of renders
// are in renders.hpp.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/registry.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::tools {

/// There is one Blender; it has this name in URIs.
inline constexpr std::string_view default_instance = "default";

inline constexpr std::string_view status_uri = "blender://status";
inline constexpr std::string_view config_uri = "blender://config";
inline constexpr std::string_view scene_uri = "blender://default/scene";
inline constexpr std::string_view log_uri = "blender://default/log";
// With the name, percent-encoded, behind it.
inline constexpr std::string_view object_uris = "blender://default/object/";
inline constexpr std::string_view collection_uris = "blender://default/collection/";
inline constexpr std::string_view render_uris = "blender://default/render/";  // with the id

/// `config` is the text of blender://config.
void add_resources(mcp::Registry& registry, const Toolbox& toolbox, core::Timers& timers,
                   std::string config);

/// The contents of scene_uri.
boost::asio::awaitable<mcp::ResourceAnswer> read_scene(Toolbox toolbox, mcp::CallContext context);

}  // namespace blender_mcpd::tools
