// Values of settings: from text, checked, and back to text. The same rules for every source.
#include "assignment.hpp"
#include "settings.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace blender_mcpd::app {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang before 17 does not deduce it

/// The whole of `text` as a number, independent of the locale.
template <typename Number>
std::optional<Number> parse_number(const std::string& text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

std::optional<bool> parse_boolean(std::string_view text) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
}

Given or_text(const auto& parsed, const std::string& text) {
    if (parsed) return *parsed;
    return text;
}

/// One line of valid UTF-8, so that it can be shown, logged and sent anywhere.
bool is_plain_text(const std::string& text) {
    const bool has_control = std::ranges::any_of(text, [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return code < 0x20 || code == 0x7F;
    });
    return !has_control &&
           core::unquote(core::quoted(text)) == text;  // quoting replaces what is invalid
}

std::optional<Value> check_type(Boolean, const Given& given) {
    if (const auto* value = std::get_if<bool>(&given)) return *value;
    return std::nullopt;
}

std::optional<Value> check_type(const Integer& range, const Given& given) {
    const auto* value = std::get_if<std::int64_t>(&given);
    if (value == nullptr || *value < range.min || *value > range.max) return std::nullopt;
    return *value;
}

std::optional<Value> check_type(const Seconds& range, const Given& given) {
    double seconds = NAN;
    if (const auto* value = std::get_if<double>(&given)) seconds = *value;
    if (const auto* value = std::get_if<std::int64_t>(&given))
        seconds = static_cast<double>(*value);
    const bool inside = seconds >= range.min && seconds <= range.max;  // false for NaN
    if (!inside) return std::nullopt;
    return seconds;
}

std::optional<Value> check_type(const Choice& choice, const Given& given) {
    const auto* value = std::get_if<std::string>(&given);
    if (value == nullptr || std::ranges::find(choice.names, *value) == choice.names.end())
        return std::nullopt;
    return *value;
}

std::optional<Value> check_type(Text, const Given& given) {
    const auto* value = std::get_if<std::string>(&given);
    if (value == nullptr || !is_plain_text(*value)) return std::nullopt;
    return *value;
}

std::optional<Value> check_type(Texts, const Given& given) {
    constexpr std::size_t longest = 10'000;
    const auto* value = std::get_if<List>(&given);
    if (value == nullptr || value->size() > longest) return std::nullopt;
    const bool sound = std::ranges::all_of(
        *value, [](const std::string& item) { return !item.empty() && is_plain_text(item); });
    if (!sound) return std::nullopt;
    return *value;
}

/// The parts between commas, without the spaces around them.
List split(std::string_view text) {
    List parts;
    while (true) {
        const auto comma = text.find(',');
        parts.emplace_back(core::trimmed(text.substr(0, comma)));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

/// TOML's basic string needs no more escapes than these for is_plain_text().
std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char byte : text) {
        if (byte == '"' || byte == '\\') out += '\\';
        out += byte;
    }
    return out += '"';
}

}  // namespace

std::string allowed(const Setting& setting) {
    if (!setting.rule.wording.empty()) return std::string(setting.rule.wording);
    return std::visit(Overloaded{
                          [](Boolean) -> std::string { return "true or false"; },
                          [](const Integer& range) {
                              return fmt::format("an integer from {} to {}", range.min, range.max);
                          },
                          [](const Seconds& range) {
                              return fmt::format("a number from {} to {}", range.min, range.max);
                          },
                          [](const Choice& choice) {
                              return fmt::format("one of {}", fmt::join(choice.names, ", "));
                          },
                          [](Text) -> std::string { return "text without control characters"; },
                          [](Texts) -> std::string { return "an array of strings"; },
                      },
                      setting.type);
}

Given from_text(const Setting& setting, const std::string& text) {
    return std::visit(
        Overloaded{
            [&](Boolean) { return or_text(parse_boolean(text), text); },
            [&](const Integer&) { return or_text(parse_number<std::int64_t>(text), text); },
            [&](const Seconds&) { return or_text(parse_number<double>(text), text); },
            [&](const Choice&) -> Given { return text; },
            [&](Text) -> Given { return text; },
            [&](Texts) -> Given { return split(text); },
        },
        setting.type);
}

std::optional<Value> check(const Setting& setting, const Given& given) {
    auto value =
        std::visit([&](const auto& type) { return check_type(type, given); }, setting.type);
    if (value && setting.rule.accepts != nullptr && !setting.rule.accepts(*value))
        return std::nullopt;
    return value;
}

std::string to_toml(const Value& value) {
    return std::visit(Overloaded{
                          [](const std::string& text) { return toml_quoted(text); },
                          [](const List& texts) {
                              std::string out;
                              for (const auto& text : texts)
                                  out += (out.empty() ? "" : ", ") + toml_quoted(text);
                              return '[' + out + ']';
                          },
                          [](const auto& other) { return fmt::format("{}", other); },
                      },
                      value);
}

std::string to_display(const Given& given) {
    return std::visit(
        Overloaded{
            [](const std::string& text) { return '"' + core::excerpt(text, 80) + '"'; },
            [](const List& texts) {
                return core::excerpt(fmt::format("[{}]", fmt::join(texts, ", ")), 80);
            },
            [](const Foreign& foreign) { return std::string(foreign.kind); },
            [](const auto& other) { return fmt::format("{}", other); },
        },
        given);
}

}  // namespace blender_mcpd::app
