// Puts a schema into words, for the messages of those that break it.
#include "schema_node.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace blender_mcpd::guard {
namespace {

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const auto& part : parts) {
        if (!out.empty()) out += separator;
        out += part;
    }
    return out;
}

std::string quantity(const SizeRange& count) {
    if (count.min == count.max) return fmt::format("{} ", count.min);
    if (count.bounded_above()) return fmt::format("{} to {} ", count.min, count.max);
    if (count.min > 0) return fmt::format("{} or more ", count.min);
    return {};
}

std::string_view plural(const SchemaNode* item) {
    static constexpr std::array<std::pair<Type, std::string_view>, 6> names{{
        {Type::number, "numbers"},
        {Type::integer, "whole numbers"},
        {Type::string, "strings"},
        {Type::object, "objects"},
        {Type::array, "arrays"},
        {Type::boolean, "booleans"},
    }};
    if (item != nullptr) {
        for (const auto& [type, name] : names) {
            if (item->types.has(type)) return name;
        }
    }
    return "items";
}

std::string one_of(const std::vector<core::Json>& values) {
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const auto& value : values)
        texts.push_back(core::dump(value));
    return (texts.size() == 1 ? "" : "one of ") + join(texts, ", ");
}

std::string number(std::string_view noun, const NumberRange& range) {
    if (range.min && range.max)
        return fmt::format("{} from {} to {}", noun, *range.min, *range.max);
    return std::string(noun);
}

}  // namespace

std::string phrase(const SchemaNode& node) {
    if (!node.values.empty()) return one_of(node.values);
    std::vector<std::string> parts;
    for (const auto* choices : {&node.any_of, &node.one_of}) {
        for (const auto& choice : *choices)
            parts.push_back(phrase(choice));
    }
    if (!parts.empty()) return join(parts, " or ");

    if (node.types.has(Type::number)) parts.push_back(number("a number", node.range));
    if (node.types.has(Type::integer)) parts.push_back(number("a whole number", node.range));
    if (node.types.has(Type::string)) parts.emplace_back("a string");
    if (node.types.has(Type::boolean)) parts.emplace_back("true or false");
    if (node.types.has(Type::array))
        parts.push_back(
            fmt::format("an array of {}{}", quantity(node.item_count), plural(node.items.get())));
    if (node.types.has(Type::object)) parts.emplace_back("an object");
    if (node.types.has(Type::null)) parts.emplace_back("null");
    return parts.empty() ? "any value" : join(parts, " or ");
}

}  // namespace blender_mcpd::guard
