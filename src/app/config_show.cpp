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

}  // namespace

std::string render_effective(const LoadedConfig& config) {
    std::string text;
    std::string_view section;
    for (const auto& setting : settings()) {
        if (setting.section != section) {
            text += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", setting.section);
            section = setting.section;
        }
        const auto assignment =
            fmt::format("{} = {}", setting.key, to_toml(setting.get(config.values)));
        text += fmt::format("{:<40}  # {}\n", assignment,
                            to_comment(config.origins.at(full_name(setting))));
    }
    return text;
}

}  // namespace blender_mcpd::app
