#include "reload.hpp"

#include "settings.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace blender_mcpd::app {

Reload reload(const Config& current, const Config& wanted) {
    Reload result{current, {}, {}};
    for (const auto& setting : settings()) {
        const auto value = setting.get(wanted);
        if (value == setting.get(current)) continue;
        if (setting.live) setting.set(result.config, value);
        (setting.live ? result.changed : result.waiting).push_back(full_name(setting));
    }
    return result;
}

std::string list_of(const std::vector<std::string>& names) {
    constexpr std::size_t longest = 300;
    return core::excerpt(fmt::to_string(fmt::join(names, ", ")), longest);
}

}  // namespace blender_mcpd::app
