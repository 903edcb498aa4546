#include "catalogue.hpp"
#include "prompts.hpp"
#include "resources.hpp"
#include "scene_updates.hpp"

#include <blender_mcpd/tools/offers.hpp>
#include <blender_mcpd/tools/renders.hpp>

namespace blender_mcpd::tools {

blender::ChangeSubscription offer(mcp::Registry& registry, blender::Blenders& blenders,
                                  Guards& guards, core::Timers& timers,
                                  const OfferOptions& options) {
    const Toolbox toolbox{blenders, guards, options.tools};
    add_resources(registry, toolbox, timers, options.config);
    if (options.tools.renders != nullptr)
        options.tools.renders->publish_in(registry, guards.limiter);
    add_prompts(registry, toolbox, timers);
    for (const auto& entry : catalogue())
        if (!is_offered(entry, options.tools.selection))
            registry.explain_absence(std::string(entry.name),
                                     why_not(entry.name, options.tools.selection));
    return blenders.on_change(
        [&registry](const blender::SceneChange& change) { tell(registry, change); });
}

}  // namespace blender_mcpd::tools
