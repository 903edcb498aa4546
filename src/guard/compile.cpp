// Compiles a JSON Schema: one function a keyword, found in a table, so that no keyword can be
// ignored by accident.
#include "schema_node.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace blender_mcpd::guard {
namespace {

constexpr std::size_t max_schema_depth = 32;

core::Error broken(std::string_view where, std::string_view what) {
    return {core::ErrorCode::invalid,
            "schema " + std::string(where) + ": " + std::string(what),
            {},
            core::Outcome::not_applied,
            {}};
}

std::string below(std::string where, std::string_view name) {
    where += '/';
    where += name;
    return where;
}

core::Result<SchemaNode> compile(const core::Json& schema, const std::string& where,
                                 std::size_t depth);

/// What a keyword's function gets.
struct Keyword {
    const core::Json& value;
    std::string where;  // of the keyword, for messages
    std::size_t depth;  // of schemas inside it
    SchemaNode& node;
};

using Done = core::Result<void>;

Done ignore(const Keyword&) {
    return {};
}

Done description(const Keyword& keyword) {
    if (!keyword.value.is_string()) return broken(keyword.where, "must be a string");
    keyword.node.description = keyword.value.get<std::string>();
    return {};
}

Done add_type(const Keyword& keyword, const core::Json& name) {
    static constexpr std::array<std::pair<std::string_view, Type>, 7> names{{
        {"null", Type::null},
        {"boolean", Type::boolean},
        {"integer", Type::integer},
        {"number", Type::number},
        {"string", Type::string},
        {"array", Type::array},
        {"object", Type::object},
    }};
    if (name.is_string()) {
        for (const auto& [text, type] : names) {
            if (name.get_ref<const std::string&>() != text) continue;
            keyword.node.types.add(type);
            return {};
        }
    }
    return broken(keyword.where, "unknown type " + core::excerpt(core::dump(name)));
}

Done type(const Keyword& keyword) {
    if (!keyword.value.is_array()) return add_type(keyword, keyword.value);
    if (keyword.value.empty()) return broken(keyword.where, "must name a type");
    for (const auto& name : keyword.value) {
        if (auto added = add_type(keyword, name); !added) return added;
    }
    return {};
}

Done add_value(const Keyword& keyword, const core::Json& value) {
    // Objects and arrays would need an equality that does not mind the order of members.
    if (value.is_structured()) return broken(keyword.where, "must hold scalars");
    keyword.node.values.push_back(value);
    return {};
}

Done enumeration(const Keyword& keyword) {
    if (!keyword.value.is_array() || keyword.value.empty())
        return broken(keyword.where, "must be an array of values");
    for (const auto& value : keyword.value) {
        if (auto added = add_value(keyword, value); !added) return added;
    }
    return {};
}

Done constant(const Keyword& keyword) {
    return add_value(keyword, keyword.value);
}

Done format(const Keyword& keyword) {
    if (!keyword.value.is_string()) return broken(keyword.where, "must be a string");
    const auto& name = keyword.value.get_ref<const std::string&>();
    keyword.node.format = find_format(name);
    if (keyword.node.format == nullptr)
        return broken(keyword.where, "the format " + core::excerpt(name) + " is not implemented");
    return {};
}

Done properties(const Keyword& keyword) {
    if (!keyword.value.is_object()) return broken(keyword.where, "must be an object");
    for (const auto& [name, schema] : keyword.value.items()) {
        auto compiled = compile(schema, below(keyword.where, name), keyword.depth);
        if (!compiled) return compiled.error();
        keyword.node.properties.push_back({name, std::move(*compiled)});
    }
    return {};
}

Done required(const Keyword& keyword) {
    if (!keyword.value.is_array()) return broken(keyword.where, "must be an array of names");
    for (const auto& name : keyword.value) {
        if (!name.is_string()) return broken(keyword.where, "must be an array of names");
        keyword.node.required.push_back(name.get<std::string>());
    }
    return {};
}

Done subschema(const Keyword& keyword, std::unique_ptr<SchemaNode>& into) {
    auto compiled = compile(keyword.value, keyword.where, keyword.depth);
    if (!compiled) return compiled.error();
    into = std::make_unique<SchemaNode>(std::move(*compiled));
    return {};
}

Done additional_properties(const Keyword& keyword) {
    if (keyword.value.is_boolean()) {
        keyword.node.additional_allowed = keyword.value.get<bool>();
        return {};
    }
    return subschema(keyword, keyword.node.additional);
}

Done items(const Keyword& keyword) {
    return subschema(keyword, keyword.node.items);
}

Done alternatives(const Keyword& keyword, std::vector<SchemaNode>& into) {
    if (!keyword.value.is_array() || keyword.value.empty())
        return broken(keyword.where, "must be an array of schemas");
    for (std::size_t i = 0; i < keyword.value.size(); ++i) {
        auto compiled =
            compile(keyword.value[i], below(keyword.where, std::to_string(i)), keyword.depth);
        if (!compiled) return compiled.error();
        into.push_back(std::move(*compiled));
    }
    return {};
}

Done any_of(const Keyword& keyword) {
    return alternatives(keyword, keyword.node.any_of);
}

Done one_of(const Keyword& keyword) {
    return alternatives(keyword, keyword.node.one_of);
}

Done size(const Keyword& keyword, std::size_t& into) {
    if (!keyword.value.is_number_unsigned() &&
        !(keyword.value.is_number_integer() && keyword.value.get<std::int64_t>() >= 0))
        return broken(keyword.where, "must be a whole number, 0 or more");
    into = keyword.value.get<std::size_t>();
    return {};
}

Done min_items(const Keyword& keyword) {
    return size(keyword, keyword.node.item_count.min);
}
Done max_items(const Keyword& keyword) {
    return size(keyword, keyword.node.item_count.max);
}
Done min_length(const Keyword& keyword) {
    return size(keyword, keyword.node.length.min);
}
Done max_length(const Keyword& keyword) {
    return size(keyword, keyword.node.length.max);
}
Done min_properties(const Keyword& keyword) {
    return size(keyword, keyword.node.property_count.min);
}
Done max_properties(const Keyword& keyword) {
    return size(keyword, keyword.node.property_count.max);
}

Done bound(const Keyword& keyword, std::optional<double>& into) {
    if (!keyword.value.is_number() || !std::isfinite(keyword.value.get<double>()))
        return broken(keyword.where, "must be a finite number");
    into = keyword.value.get<double>();
    return {};
}

Done minimum(const Keyword& keyword) {
    return bound(keyword, keyword.node.range.min);
}
Done maximum(const Keyword& keyword) {
    return bound(keyword, keyword.node.range.max);
}
Done exclusive_minimum(const Keyword& keyword) {
    return bound(keyword, keyword.node.range.above);
}
Done exclusive_maximum(const Keyword& keyword) {
    return bound(keyword, keyword.node.range.below);
}

using Compiler = Done (*)(const Keyword&);
constexpr std::array<std::pair<std::string_view, Compiler>, 25> keywords{{
    {"type", type},
    {"enum", enumeration},
    {"const", constant},
    {"format", format},
    {"properties", properties},
    {"required", required},
    {"additionalProperties", additional_properties},
    {"minProperties", min_properties},
    {"maxProperties", max_properties},
    {"items", items},
    {"minItems", min_items},
    {"maxItems", max_items},
    {"minLength", min_length},
    {"maxLength", max_length},
    {"minimum", minimum},
    {"maximum", maximum},
    {"exclusiveMinimum", exclusive_minimum},
    {"exclusiveMaximum", exclusive_maximum},
    {"anyOf", any_of},
    {"oneOf", one_of},
    {"description", description},
    {"title", ignore},
    {"default", ignore},
    {"examples", ignore},
    {"$comment", ignore},
}};

/// Null for a keyword that is not implemented.
Compiler compiler_of(std::string_view name) {
    for (const auto& [keyword, compiler] : keywords) {
        if (keyword == name) return compiler;
    }
    return nullptr;
}

bool is_named(const std::vector<Property>& properties, std::string_view name) {
    return std::any_of(properties.begin(), properties.end(),
                       [&](const Property& property) { return property.name == name; });
}

/// A required property that may not be given would refuse everything.
Done check_required(const SchemaNode& node, const std::string& where) {
    if (node.additional_allowed) return {};
    for (const auto& name : node.required) {
        if (!is_named(node.properties, name))
            return broken(where, "requires the unknown property " + core::excerpt(name));
    }
    return {};
}

core::Result<SchemaNode> compile(const core::Json& schema, const std::string& where,
                                 std::size_t depth) {
    if (depth > max_schema_depth) return broken(where, "is nested too deeply");
    if (!schema.is_object()) return broken(where, "must be an object");
    SchemaNode node;
    for (const auto& [name, value] : schema.items()) {
        const auto compiler = compiler_of(name);
        if (compiler == nullptr)
            return broken(where, "the keyword " + core::excerpt(name) + " is not implemented");
        auto done = compiler({value, below(where, name), depth + 1, node});
        if (!done) return done.error();
    }
    if (auto done = check_required(node, where); !done) return done.error();
    return node;
}

}  // namespace

core::Result<SchemaNode> compile_schema(const core::Json& schema) {
    return compile(schema, "#", 0);
}

}  // namespace blender_mcpd::guard
