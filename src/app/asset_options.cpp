#include "asset_options.hpp"

#include "provider_key.hpp"
#include "version.hpp"

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

fs::path cache_folder(const Config& config, const std::map<std::string, std::string>& environment) {
    if (!config.assets.cache_folder.empty()) return config.assets.cache_folder;
    const auto folder_in = [&](const char* variable) -> fs::path {
        const auto found = environment.find(variable);
        return found != environment.end() && found->second.starts_with('/') ? found->second : "";
    };
    if (const auto cache = folder_in("XDG_CACHE_HOME"); !cache.empty())
        return cache / "blender-mcpd/assets";
    if (const auto home = folder_in("HOME"); !home.empty())
        return home / ".cache/blender-mcpd/assets";
    return {};
}

}  // namespace

assets::AssetsOptions asset_options(const Config& config,
                                    const std::map<std::string, std::string>& environment) {
    assets::AssetsOptions options;
    options.providers = config.assets.providers;
    options.folders.assign(config.assets.folders.begin(), config.assets.folders.end());
    options.cache = cache_folder(config, environment);
    options.cache_bytes = config.assets.cache_bytes;
    options.max_download = config.assets.max_download_bytes;
    options.resolution = config.assets.resolution;
    options.connect_timeout = config.assets.connect_timeout;
    options.inactivity_timeout = config.assets.inactivity_timeout;
    options.timeout = config.assets.timeout;
    options.polyhaven_url = config.assets.polyhaven_url;
    options.ambientcg_url = config.assets.ambientcg_url;
    options.sketchfab_url = config.assets.sketchfab_url;
    options.sketchfab_token =
        provider_key("assets.sketchfab_token_file", "the token of Sketchfab",
                     "https://sketchfab.com/settings/password", config, environment);
    options.polypizza_url = config.assets.polypizza_url;
    options.polypizza_key = provider_key("assets.polypizza_key_file", "the key of Poly Pizza",
                                         "https://poly.pizza/settings/api", config, environment);
    options.version = version;
    return options;
}

}  // namespace blender_mcpd::app
