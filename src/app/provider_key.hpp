// Keys of accounts that the user has with providers, from the configuration.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/core/secret.hpp>

#include <map>
#include <string>
#include <string_view>

namespace blender_mcpd::app {

/// Where the key is: in the variable that key_variable() says, else in the file that the setting
/// names ("assets.sketchfab_token_file"; one that names a key). Reads nothing: see
/// core::read_secret(). `name` and `source` are those of core::Secret.
[[nodiscard]] core::Secret provider_key(std::string_view setting, std::string name,
                                        std::string source, const Config& config,
                                        const std::map<std::string, std::string>& environment);

}  // namespace blender_mcpd::app
