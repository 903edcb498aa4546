// The tools of blender-mcpd: one file a tool in src/tools (schema and handler, nothing else).
#pragma once

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/blender/blenders.hpp>
#include <blender_mcpd/mcp/registry.hpp>
#include <blender_mcpd/tools/selection.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace blender_mcpd::tools {

struct Guards;
class RecentCalls;
class Renders;

struct ToolOptions {
    std::string version;  // of the daemon, for get_blender_status
    std::chrono::milliseconds script_timeout{
        120'000};  // of execute_blender_code, when the call has none
    std::chrono::milliseconds render_timeout{3'600'000};  // of render, when the call has none
    ToolSelection selection{};   // read_only: render makes stills only, which write no file
    Renders* renders = nullptr;  // where images are kept; none: they are not. Outlives the tools
    RecentCalls* recent_calls = nullptr;  // where calls are noted; none: nowhere. Outlives them
    assets::Assets* assets = nullptr;     // none: the tools for assets refuse. Outlives the tools
    bool pack_downloads =
        true;  // images of what was downloaded go into the file, when no call says
    assets::Generation* generation = nullptr;  // none: generate_model refuses. Outlives the tools
};

/// Their names, for whoever has no Blender at hand.
[[nodiscard]] std::span<const std::string_view> tool_names();

/// Adds the tools that are selected, in the order of tool_names(). Each call passes the guards
/// before its handler runs. `blenders` and `guards` must outlive them.
void add_tools(mcp::Registry& registry, blender::Blenders& blenders, Guards& guards,
               const ToolOptions& options = {});

}  // namespace blender_mcpd::tools
