// What the tools work with.
#pragma once

#include <blender_mcpd/blender/blenders.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/tools/guards.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace blender_mcpd::tools {

/// Guards and Blenders outlive the tools.
struct Toolbox {
    blender::Blenders& blenders;
    Guards& guards;
    ToolOptions options;
    /// The one that this call is about. Null in what is not a call's.
    std::shared_ptr<blender::Blender> blender{};
};

/// The same for a call of that client, about the instance of that name; empty: its current one.
/// Errors: as Blenders::find().
[[nodiscard]] inline core::Result<Toolbox> toolbox_for(Toolbox toolbox, std::string_view instance,
                                                       const std::string& client) {
    auto found = toolbox.blenders.find(instance, client);
    if (!found) return found.error();
    toolbox.blender = std::move(*found);
    return toolbox;
}

}  // namespace blender_mcpd::tools
