#include "manual.hpp"

#include "settings.hpp"

#include <fmt/format.h>

namespace blender_mcpd::app {

namespace {

std::string escaped(std::string_view text) {
    constexpr std::string_view special = "\\*_+`";
    std::string out;
    for (const char character : text) {
        if (special.find(character) != std::string_view::npos) out += '\\';
        out += character;
    }
    return out;
}

std::string sentence(std::string_view text) {
    auto out = escaped(text);
    if (!out.empty() && out.back() != '.') out += '.';
    return out;
}

std::string entry(const std::string& name, const std::string& value, std::string_view help) {
    return fmt::format("*{}*{}{}\n\t{}\n\n", escaped(name), value.empty() ? "" : " ",
                       value.empty() ? "" : "_" + escaped(value) + "_", sentence(help));
}

std::string entries(const CommandPlace& place, CommandWord::Kind kind) {
    std::string text;
    for (const auto& word : place.words)
        // Every command has --help; it is told once.
        if (word.kind == kind && (place.path.empty() || word.name != "--help"))
            text += entry(word.name, word.value, word.help);
    return text;
}

}  // namespace

std::string manual_of_commands(const std::vector<CommandPlace>& places) {
    using Kind = CommandWord::Kind;
    auto text = "# OPTIONS\n\nThey may stand before or after the command.\n\n" +
                entries(places.front(), Kind::option) + "# COMMANDS\n\n";
    for (const auto& place : places) {
        if (place.path.empty()) continue;
        std::string arguments;
        bool has_commands = false;
        for (const auto& word : place.words) {
            if (word.kind == Kind::argument) arguments += " _" + escaped(word.name) + '_';
            has_commands = has_commands || word.kind == Kind::command;
        }
        if (has_commands) continue;  // only in front of another one
        text +=
            fmt::format("## {}{}\n\n{}\n\n", escaped(place.path), arguments, sentence(place.help));
        text += entries(place, Kind::argument) + entries(place, Kind::option);
    }
    return text;
}

std::string manual_of_settings() {
    std::string text;
    std::string_view section;
    for (const auto& setting : settings()) {
        if (setting.section != section) {
            section = setting.section;
            text += fmt::format("# [{}]\n\n", section);
        }
        const auto key =
            setting.names_key ? fmt::format(", or {} with the key", key_variable(setting)) : "";
        text +=
            fmt::format("*{}* = {}\n\t{} Must be {}. Variable: {}{}.{}\n\n", escaped(setting.key),
                        escaped(to_toml(default_value(setting))), sentence(setting.help),
                        escaped(allowed(setting)), escaped(variable(setting)), escaped(key),
                        setting.live ? " Can be reloaded." : "");
    }
    return text;
}

}  // namespace blender_mcpd::app
