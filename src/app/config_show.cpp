#include "settings.hpp"

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

namespace blender_mcpd::app {
namespace {

std::string to_comment(const Origin& origin) {
    constexpr std::size_t longest = 8'192;              // a path and a line number
    auto where = core::excerpt(origin.where, longest);  // a newline would end the comment
    switch (origin.kind) {
        case Origin::Kind::file:
            return where;
        case Origin::Kind::environment:
            return "env " + where;
        case Origin::Kind::flag:
            return "flag " + where;
        case Origin::Kind::fallback:
            break;
    }
    return "default";
}

/// `finish` makes the line of an assignment.
template <typename Finish>
std::string render(const Config& config, Finish finish) {
    std::string text;
    std::string_view section;
    for (const auto& setting : settings()) {
        if (setting.section != section) {
            text += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", setting.section);
            section = setting.section;
        }
        text += finish(setting, fmt::format("{} = {}", setting.key, to_toml(setting.get(config))));
        text += '\n';
    }
    return text;
}

}  // namespace

std::string render_effective(const LoadedConfig& config) {
    return render(config.values, [&](const Setting& setting, const std::string& assignment) {
        return fmt::format("{:<40}  # {}", assignment,
                           to_comment(config.origins.at(full_name(setting))));
    });
}

std::string render_settings(const Config& config) {
    return render(config, [](const Setting&, const std::string& assignment) { return assignment; });
}

}  // namespace blender_mcpd::app
