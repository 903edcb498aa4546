#include "provider_key.hpp"

#include "settings.hpp"

#include <utility>
#include <variant>

namespace blender_mcpd::app {

core::Secret provider_key(std::string_view setting, std::string name, std::string source,
                          const Config& config,
                          const std::map<std::string, std::string>& environment) {
    const auto& row = *find_setting(setting);
    core::Secret secret{.name = std::move(name),
                        .source = std::move(source),
                        .setting = std::string(setting),
                        .variable = key_variable(row)};
    secret.file = std::get<std::string>(row.get(config));
    if (const auto found = environment.find(secret.variable); found != environment.end())
        secret.value = found->second;
    return secret;
}

}  // namespace blender_mcpd::app
