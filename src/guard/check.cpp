// Walks schema and value together and stops at the first broken rule. Recursion is bounded by the
// depth of the schema.
#include "check.hpp"

#include "item_name.hpp"
#include "suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::guard {
namespace {

bool is_whole(const core::Json& value) {
    if (!value.is_number_float()) return value.is_number();
    const auto number = value.get<double>();
    return std::trunc(number) >= number && std::trunc(number) <= number;
}

bool has_type(const TypeSet& types, const core::Json& value) {
    switch (value.type()) {
        case core::Json::value_t::null:
            return types.has(Type::null);
        case core::Json::value_t::boolean:
            return types.has(Type::boolean);
        case core::Json::value_t::string:
            return types.has(Type::string);
        case core::Json::value_t::array:
            return types.has(Type::array);
        case core::Json::value_t::object:
            return types.has(Type::object);
        default:
            return types.has(Type::number) || (types.has(Type::integer) && is_whole(value));
    }
}

Verdict check_type(const SchemaNode& schema, const core::Json& value, const Path& path) {
    if (schema.types.any() || has_type(schema.types, value)) return {};
    auto broken = violation(path, "must be " + phrase(schema), show(value), {});
    broken.wrong_type = true;
    return broken;
}

Verdict check_values(const SchemaNode& schema, const core::Json& value, const Path& path) {
    if (schema.values.empty()) return {};
    if (std::find(schema.values.begin(), schema.values.end(), value) != schema.values.end())
        return {};
    std::vector<std::string> names;
    for (const auto& allowed : schema.values)
        names.push_back(allowed.is_string() ? allowed.get<std::string>() : core::dump(allowed));
    const auto word = value.is_string() ? value.get<std::string>() : std::string();
    return violation(path, "must be one of the allowed values", show(value), suggest(word, names));
}

Verdict check_range(const NumberRange& range, const core::Json& value, const Path& path) {
    const auto number = value.get<double>();
    std::string rule;
    if (range.min && number < *range.min) rule = fmt::format("must be at least {}", *range.min);
    if (range.max && number > *range.max) rule = fmt::format("must be at most {}", *range.max);
    if (range.above && number <= *range.above) rule = fmt::format("must be above {}", *range.above);
    if (range.below && number >= *range.below) rule = fmt::format("must be below {}", *range.below);
    if (rule.empty()) return {};
    std::string remedy;
    if (range.min && range.max) remedy = fmt::format("Allowed: {} to {}", *range.min, *range.max);
    return violation(path, std::move(rule), show(value), std::move(remedy));
}

/// "must have exactly 3 items", or empty when the size is right.
std::string size_rule(const SizeRange& range, std::size_t size, std::string_view unit) {
    if (size >= range.min && size <= range.max) return {};
    const auto units = [&](std::size_t n) {
        return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
    };
    if (range.min == range.max) return "must have exactly " + units(range.min);
    if (size > range.max) return "must have at most " + units(range.max);
    return size == 0 ? "must not be empty" : "must have at least " + units(range.min);
}

Verdict check_string(const SchemaNode& schema, const core::Json& value, const Path& path) {
    const auto& text = value.get_ref<const std::string&>();
    const auto is_start = [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    };
    const auto length = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_start));
    auto rule = size_rule(schema.length, length, "character");
    if (!rule.empty())
        return violation(path, std::move(rule), fmt::format("{}: {}", length, show(value)), {});
    if (schema.format == nullptr || schema.format->check == nullptr) return {};
    auto fits = schema.format->check(text);
    if (fits) return {};
    return violation(path, std::move(fits.error().message), show(value),
                     std::move(fits.error().remedy));
}

Verdict check_array(const SchemaNode& schema, const core::Json& value, const Path& path) {
    if (auto rule = size_rule(schema.item_count, value.size(), "item"); !rule.empty())
        return violation(path, std::move(rule), std::to_string(value.size()), {});
    if (!schema.items) return {};
    for (std::size_t i = 0; i < value.size(); ++i) {
        const Path item(path, i);
        auto broken = check(*schema.items, value[i], item);
        if (!broken) continue;
        // What is wrong inside the item speaks for itself.
        if (broken->depth == item.depth())
            broken->rule = named_rule(item_name(schema, i), broken->rule);
        return broken;
    }
    return {};
}

const Property* find(const std::vector<Property>& properties, std::string_view name) {
    const auto found = std::find_if(properties.begin(), properties.end(),
                                    [&](const Property& one) { return one.name == name; });
    return found == properties.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const std::vector<Property>& properties) {
    std::vector<std::string> names;
    names.reserve(properties.size());
    for (const auto& property : properties)
        names.push_back(property.name);
    return names;
}

Verdict check_unknown(const SchemaNode& schema, const core::Json& value, const Path& path) {
    if (schema.additional_allowed) return {};
    for (const auto& [name, member] : value.items()) {
        if (find(schema.properties, name) != nullptr) continue;
        return violation(Path(path, name), "unknown property", {},
                         suggest(name, names_of(schema.properties)));
    }
    return {};
}

Verdict check_required(const SchemaNode& schema, const core::Json& value, const Path& path) {
    for (const auto& name : schema.required) {
        if (value.contains(name)) continue;
        std::string remedy;
        if (const auto* property = find(schema.properties, name)) {
            remedy = "Give " + phrase(property->schema);
            if (!property->schema.description.empty())
                remedy += ": " + property->schema.description;
        }
        return violation(Path(path, name), "is required", {}, std::move(remedy));
    }
    return {};
}

Verdict check_member(const SchemaNode& schema, const std::string& name, const core::Json& member,
                     const Path& path) {
    if (const auto* property = find(schema.properties, name))
        return check(property->schema, member, path);
    if (schema.additional) return check(*schema.additional, member, path);
    return {};
}

Verdict check_property_count(const SchemaNode& schema, const core::Json& value, const Path& path) {
    auto rule = size_rule(schema.property_count, value.size(), "member");
    if (rule.empty()) return {};
    return violation(path, std::move(rule), std::to_string(value.size()),
                     suggest({}, names_of(schema.properties)));
}

Verdict check_object(const SchemaNode& schema, const core::Json& value, const Path& path) {
    // Unknown names come before missing ones: the one is usually a misspelling of the other.
    if (auto broken = check_unknown(schema, value, path)) return broken;
    if (auto broken = check_required(schema, value, path)) return broken;
    if (auto broken = check_property_count(schema, value, path)) return broken;
    for (const auto& [name, member] : value.items()) {
        if (auto broken = check_member(schema, name, member, Path(path, name))) return broken;
    }
    return {};
}

/// The failure that got furthest is most likely about the alternative that was meant.
Violation furthest(const std::vector<SchemaNode>& choices, std::vector<Violation> failures,
                   const core::Json& value, const Path& path) {
    const auto rank = [](const Violation& failure) {
        return std::pair(failure.depth, !failure.wrong_type);
    };
    auto best =
        std::max_element(failures.begin(), failures.end(),
                         [&](const Violation& a, const Violation& b) { return rank(a) < rank(b); });
    if (best->depth > path.depth() || !best->wrong_type) return std::move(*best);

    std::string kinds;
    for (const auto& choice : choices)
        kinds += (kinds.empty() ? "" : " or ") + phrase(choice);
    auto broken = violation(path, "must be " + kinds, show(value), {});
    broken.wrong_type = true;
    return broken;
}

Verdict check_choices(const std::vector<SchemaNode>& choices, bool exactly_one,
                      const core::Json& value, const Path& path) {
    if (choices.empty()) return {};
    std::size_t matches = 0;
    std::vector<Violation> failures;
    for (const auto& choice : choices) {
        if (auto broken = check(choice, value, path))
            failures.push_back(std::move(*broken));
        else
            ++matches;
    }
    if (matches == 0) return furthest(choices, std::move(failures), value, path);
    if (matches == 1 || !exactly_one) return {};
    return violation(path, "must match one form only", show(value), {});
}

}  // namespace

Verdict check(const SchemaNode& schema, const core::Json& value, const Path& path) {
    if (auto broken = check_type(schema, value, path)) return broken;
    if (auto broken = check_values(schema, value, path)) return broken;
    if (auto broken = check_choices(schema.any_of, false, value, path)) return broken;
    if (auto broken = check_choices(schema.one_of, true, value, path)) return broken;
    if (value.is_number()) return check_range(schema.range, value, path);
    if (value.is_string()) return check_string(schema, value, path);
    if (value.is_array()) return check_array(schema, value, path);
    if (value.is_object()) return check_object(schema, value, path);
    return {};
}

}  // namespace blender_mcpd::guard
