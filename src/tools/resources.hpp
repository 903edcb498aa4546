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

inline constexpr std::string_view status_uri = "blender://status";
inline constexpr std::string_view config_uri = "blender://config";

/// blender://{instance}/{what}. The instance "default" is whichever the client's calls go to.
[[nodiscard]] std::string uri_of(std::string_view instance, std::string_view what);

/// `config` is the text of blender://config.
void add_resources(mcp::Registry& registry, const Toolbox& toolbox, core::Timers& timers,
                   std::string config);

/// The contents of blender://default/scene.
boost::asio::awaitable<mcp::ResourceAnswer> read_scene(Toolbox toolbox, mcp::CallContext context);

}  // namespace blender_mcpd::tools
