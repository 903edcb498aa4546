// What a client finds besides tools: resources, prompts, and completion of their arguments.
#pragma once

#include <blender_mcpd/blender/blenders.hpp>
#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/registry.hpp>
#include <blender_mcpd/tools/guards.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <string>

namespace blender_mcpd::tools {

struct OfferOptions {
    ToolOptions tools{};   // as the tools have them
    std::string config{};  // the text of blender://config; no secrets
};

/// Adds all of it to the registry. Reads pass the guards as tools do. While the subscription lives,
/// changes of the scene are told as updates of resources. Everything given must outlive the
/// registry's entries.
[[nodiscard]] blender::ChangeSubscription offer(mcp::Registry& registry,
                                                blender::Blenders& blenders, Guards& guards,
                                                core::Timers& timers, const OfferOptions& options);

}  // namespace blender_mcpd::tools
