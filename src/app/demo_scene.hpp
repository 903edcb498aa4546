// The scene of the demo, as the tool calls that build it.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace blender_mcpd::app {

struct DemoStep {
    std::string tool;
    core::Json arguments;
    std::string says;  // what is shown while it runs
};

/// Everything up to the render.
[[nodiscard]] std::vector<DemoStep> demo_scene();

/// Arguments of the render call.
[[nodiscard]] core::Json demo_render();

}  // namespace blender_mcpd::app
