#include "generation_options.hpp"

#include "asset_options.hpp"
#include "provider_key.hpp"

namespace blender_mcpd::app {

assets::GenerationOptions generation_options(
    const Config& config, const std::map<std::string, std::string>& environment) {
    assets::GenerationOptions options;
    options.rodin_key = provider_key("generation.rodin_key_file", "the key of Hyper3D Rodin",
                                     "https://hyper3d.ai/api-dashboard", config, environment);
    options.fal_key = provider_key("generation.fal_key_file", "the key of fal",
                                   "https://fal.ai/dashboard/keys", config, environment);
    options.rodin_url = config.generation.rodin_url;
    options.fal_url = config.generation.fal_url;
    options.hunyuan_url = config.generation.hunyuan_url;
    options.hunyuan_texture = config.generation.hunyuan_texture;
    options.timeout = config.generation.timeout;
    options.downloads = asset_options(config, environment);
    return options;
}

}  // namespace blender_mcpd::app
