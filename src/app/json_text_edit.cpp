#include "json_text_edit.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace blender_mcpd::app {

namespace {

constexpr std::string_view blanks = " \t";

// How the lines of a text look.
struct Style {
    std::string newline;
    std::string unit;  // of indentation
};

std::string_view indentation_at(std::string_view text, std::size_t position) {
    const auto before = text.substr(0, position).rfind('\n');
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    const auto end = std::min(text.find_first_not_of(blanks, begin), text.size());
    return text.substr(begin, std::min(end, position) - begin);
}

Style style_of(std::string_view text, const JsonNode& root) {
    Style style{text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n", "  "};
    if (root.members.empty()) return style;
    const auto indentation = indentation_at(text, root.members.front().begin);
    const auto outer = indentation_at(text, root.begin);
    if (indentation.size() > outer.size()) style.unit = indentation.substr(outer.size());
    return style;
}

/// `value` over several lines, of which all but the first begin with `indentation`.
std::string pretty(const core::Json& value, const Style& style, std::string_view indentation) {
    std::string text;
    const auto plain = value.dump(1, '\t', false, core::Json::error_handler_t::replace);
    bool at_begin = false;
    for (const char character : plain) {
        if (character == '\n') {
            text += style.newline;
            text += indentation;
            at_begin = true;
        } else if (character == '\t' && at_begin) {
            text += style.unit;
        } else {
            at_begin = false;
            text += character;
        }
    }
    return text;
}

std::string compact(const core::Json& value) {
    return value.dump(-1, ' ', false, core::Json::error_handler_t::replace);
}

struct Insertion {
    std::size_t position;
    std::string text;
};

bool on_one_line(std::string_view text, const JsonNode& object) {
    return text.substr(object.begin, object.end - object.begin).find('\n') ==
           std::string_view::npos;
}

/// What makes `name` the last member of the object.
std::vector<Insertion> append_member(std::string_view text, const JsonNode& object,
                                     std::string_view name, const core::Json& value,
                                     const Style& style) {
    std::vector<Insertion> made;
    const auto& members = object.members;
    const bool comma_after = !members.empty() && members.back().comma;
    if (!members.empty() && !comma_after) made.push_back({members.back().value.end, ","});

    const std::string_view trailing = comma_after ? "," : "";
    if (!members.empty() && on_one_line(text, object)) {
        made.push_back({object.content_end,
                        fmt::format(" {}: {}{}", core::quoted(name), compact(value), trailing)});
        return made;
    }
    const auto outer = std::string(indentation_at(text, object.begin));
    const auto inner = members.empty() || on_one_line(text, object)
                           ? outer + style.unit
                           : std::string(indentation_at(text, members.front().begin));
    auto line = fmt::format("{}{}{}: {}{}", style.newline, inner, core::quoted(name),
                            pretty(value, style, inner), trailing);
    const auto rest = text.substr(object.content_end, object.end - 1 - object.content_end);
    const bool closes_on_own_line = rest.find('\n') != std::string_view::npos;
    if (!closes_on_own_line) line += style.newline + outer;
    made.push_back({object.content_end, std::move(line)});
    return made;
}

std::string insert(std::string_view text, const std::vector<Insertion>& insertions) {
    std::string result;
    std::size_t copied = 0;
    for (const auto& [position, inserted] : insertions) {
        result += text.substr(copied, position - copied);
        result += inserted;
        copied = position;
    }
    return result.append(text.substr(copied));
}

}  // namespace

std::string set_in_json(std::string_view text, const JsonNode& root, std::string_view parent,
                        std::string_view name, const core::Json& value) {
    const auto style = style_of(text, root);
    const auto* group = root.find(parent);
    if (group == nullptr) {
        auto members = core::Json::object();
        members[std::string(name)] = value;
        return insert(text, append_member(text, root, parent, members, style));
    }
    const auto* old = group->value.find(name);
    if (old == nullptr) return insert(text, append_member(text, group->value, name, value, style));
    const auto& place = old->value;
    const auto written = on_one_line(text, group->value)
                             ? compact(value)
                             : pretty(value, style, indentation_at(text, old->begin));
    return std::string(text.substr(0, place.begin)) + written + std::string(text.substr(place.end));
}

std::string remove_from_json(std::string_view text, const JsonNode& object, std::string_view name) {
    const auto* member = object.find(name);
    if (member == nullptr) return std::string(text);
    const auto index = static_cast<std::size_t>(member - object.members.data());
    auto begin = member->begin;
    auto end = member->comma ? *member->comma + 1 : member->value.end;

    // With its line, when it has one of its own; else with the space after it. Lines are never
    // joined otherwise: the one before may end in a comment.
    const auto before = text.find_last_not_of(blanks, begin - 1);
    const auto after = std::min(text.find_first_not_of(blanks, end), text.size());
    const bool own_line = text[before] == '\n' &&
                          std::string_view("\r\n").find(text[after]) != std::string_view::npos;
    if (own_line) {
        begin = before > 0 && text[before - 1] == '\r' ? before - 1 : before;
        end = after;
    } else if (text[before] != '\n' || text[after] != '}') {
        end = after;
    }
    std::string result(text.substr(0, begin));
    // Comments between the two stay; the comma before what was the last goes.
    if (!member->comma && index > 0) {
        const auto comma = *object.members[index - 1].comma;
        result.erase(comma, 1);
        if (text[before] != '\n') result.erase(result.find_last_not_of(blanks) + 1);
    }
    if (object.members.size() == 1 &&
        text.substr(object.begin + 1, member->begin - object.begin - 1)
                .find_first_not_of(" \t\r\n") == std::string_view::npos &&
        text.substr(end, object.end - 1 - end).find_first_not_of(" \t\r\n") ==
            std::string_view::npos)
        return std::string(text.substr(0, object.begin)) + "{}" +
               std::string(text.substr(object.end));
    return result.append(text.substr(end));
}

}  // namespace blender_mcpd::app
