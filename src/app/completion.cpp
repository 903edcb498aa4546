#include "completion.hpp"

#include <fmt/format.h>

namespace blender_mcpd::app {

namespace {

/// Within single quotes of a shell; fish and the others differ in what they quote by.
std::string in_quotes(std::string_view text, std::string_view quote) {
    std::string out = "'";
    for (const char character : text) {
        if (character == '\'')
            out += quote;
        else
            out += character;
    }
    return out + '\'';
}

std::string in_quotes(std::string_view text) {
    return in_quotes(text, R"('\'')");
}

/// What a word turns a place into another one after: " serve", "addon install".
std::string steps(const std::vector<CommandPlace>& places, std::string_view between) {
    std::string text;
    for (const auto& place : places) {
        if (place.path.empty()) continue;
        const bool nested = place.path.find(' ') != std::string::npos;
        if (!text.empty()) text += between;
        text += in_quotes(nested ? place.path : ' ' + place.path);
    }
    return text;
}

/// The words to complete at a place. The options of all commands come everywhere.
template <typename Show>
std::string choices(const std::vector<CommandPlace>& places, const CommandPlace& place, Show show) {
    std::string text;
    const auto add = [&](const CommandWord& word) {
        if (word.kind == CommandWord::Kind::argument) return;
        if (!text.empty()) text += ' ';
        text += show(word);
    };
    for (const auto& word : place.words)
        add(word);
    if (!place.path.empty())
        for (const auto& word : places.front().words)
            if (word.kind == CommandWord::Kind::option && word.name != "--help") add(word);
    return text;
}

std::string bash(const std::vector<CommandPlace>& places) {
    std::string cases;
    for (const auto& place : places)
        cases += fmt::format("        {}) choices='{}' ;;\n", in_quotes(place.path),
                             choices(places, place, [](const auto& word) { return word.name; }));
    return fmt::format(
        R"(# Completion of blender-mcpd for bash; made by `blender-mcpd completion bash`.
_blender_mcpd() {{
    local place='' word choices=''
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$place $word" in
            {}) place="${{place:+$place }}$word" ;;
        esac
    done
    case "$place" in
{}    esac
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _blender_mcpd blender-mcpd
)",
        steps(places, " | "), cases);
}

std::string zsh(const std::vector<CommandPlace>& places) {
    const auto show = [](const CommandWord& word) {
        return in_quotes(word.name + ':' + word.help);
    };
    std::string cases;
    for (const auto& place : places)
        cases += fmt::format("        {}) choices=({}) ;;\n", in_quotes(place.path),
                             choices(places, place, show));
    return fmt::format(R"(#compdef blender-mcpd
# Completion of blender-mcpd for zsh; made by `blender-mcpd completion zsh`.
_blender_mcpd() {{
    local place='' word
    local -a choices
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$place $word" in
            {}) place="${{place:+$place }}$word" ;;
        esac
    done
    case "$place" in
{}    esac
    _describe 'blender-mcpd' choices || _files
}}
if [[ "$funcstack[1]" == _blender-mcpd ]]; then _blender_mcpd "$@"; else compdef _blender_mcpd blender-mcpd; fi
)",
                       steps(places, " | "), cases);
}

std::string fish(const std::vector<CommandPlace>& places) {
    std::string lines;
    for (const auto& place : places) {
        for (const auto& word : place.words) {
            if (word.kind == CommandWord::Kind::argument) continue;
            // Those of the program itself may come after every command.
            const bool anywhere = place.path.empty() && word.kind == CommandWord::Kind::option;
            lines += "complete -c blender-mcpd";
            if (!anywhere) lines += fmt::format(" -n \"__blender_mcpd_at '{}'\"", place.path);
            if (word.kind == CommandWord::Kind::command)
                lines += " -f -a " + word.name;
            else
                lines += " -l " + word.name.substr(2) + (word.value.empty() ? "" : " -r");
            lines += " -d " + in_quotes(word.help, R"(\')") + '\n';
        }
    }
    return fmt::format(
        R"(# Completion of blender-mcpd for fish; made by `blender-mcpd completion fish`.
function __blender_mcpd_at
    set -l place ''
    for word in (commandline -opc)[2..-1]
        switch "$place $word"
            case {}
                set place (string trim "$place $word")
        end
    end
    test "$place" = "$argv[1]"
end
{})",
        steps(places, " "), lines);
}

}  // namespace

std::optional<std::string> completion(std::string_view shell,
                                      const std::vector<CommandPlace>& places) {
    if (shell == "bash") return bash(places);
    if (shell == "zsh") return zsh(places);
    if (shell == "fish") return fish(places);
    return std::nullopt;
}

}  // namespace blender_mcpd::app
