#include "own_blender.hpp"

#include <utility>

namespace blender_mcpd::app {

Config with_own_blender(Config config, std::string blend_file) {
    config.blender.launch = Launch::always;
    config.blender.factory_startup = true;
    config.blender.blend_file = std::move(blend_file);
    config.recovery.enabled = false;
    config.audit = {};
    return config;
}

}  // namespace blender_mcpd::app
