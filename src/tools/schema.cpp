#include "schema.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace blender_mcpd::tools::schema {
namespace {

constexpr auto outline = "outline";
constexpr int most_items_told = 1'000;

/// A bound that no sensible value comes near.
bool is_remote(double bound) {
    return std::abs(bound) >= 10'000;
}

/// Whoever wants a size or a count takes none below those.
bool is_told_minimum(double bound) {
    return !is_remote(bound) && (bound < 0 || bound > 1);
}

Json named(std::string_view type_name, std::string_view description) {
    Json out = Json::object();
    out["type"] = std::string(type_name);
    if (!description.empty()) out["description"] = std::string(description);
    return out;
}

/// Whole numbers without ".0": every byte of a schema is paid for in every conversation.
Json shortest(double value) {
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (std::trunc(value) < value || std::trunc(value) > value || std::abs(value) > exact)
        return Json(value);
    return Json(static_cast<std::int64_t>(value));
}

void add_fields(Json& schema, std::initializer_list<Field> fields) {
    auto& properties = schema["properties"];
    properties = Json::object();
    Json names = Json::array();
    for (const auto& field : fields) {
        properties[std::string(field.name)] = field.schema;
        if (field.presence == Presence::required) names.push_back(std::string(field.name));
    }
    if (!names.empty()) schema["required"] = std::move(names);
}

}  // namespace

Json object(std::initializer_list<Field> fields, std::string_view description) {
    auto out = named("object", description);
    add_fields(out, fields);
    out["additionalProperties"] = false;
    return out;
}

Json string(std::size_t min, std::size_t max, std::string_view description) {
    auto out = named("string", description);
    if (min > 0) out["minLength"] = min;
    out["maxLength"] = max;
    return out;
}

Json number(double min, double max, std::string_view description) {
    auto out = named("number", description);
    out["minimum"] = shortest(min);
    out["maximum"] = shortest(max);
    return out;
}

Json integer(std::int64_t min, std::int64_t max, std::string_view description) {
    auto out = named("integer", description);
    out["minimum"] = min;
    out["maximum"] = max;
    return out;
}

Json boolean(std::string_view description) {
    return named("boolean", description);
}

Json one_of(const std::vector<std::string_view>& values, std::string_view description) {
    auto out = named("string", description);
    auto& names = out["enum"];
    for (const auto value : values)
        names.push_back(std::string(value));
    return out;
}

Json array_of(Json item, std::size_t min, std::size_t max, std::string_view description) {
    auto out = named("array", description);
    out["items"] = std::move(item);
    if (min > 0) out["minItems"] = min;
    out["maxItems"] = max;
    return out;
}

Json any_of(std::initializer_list<Json> choices, std::string_view description) {
    Json out = Json::object();
    if (!description.empty()) out["description"] = std::string(description);
    auto& all = out["anyOf"];
    for (const auto& choice : choices)
        all.push_back(choice);
    return out;
}

Json with_default(Json schema, Json value) {
    schema["default"] = std::move(value);
    return schema;
}

Json with_format(std::string_view format, Json schema) {
    schema["format"] = std::string(format);
    return schema;
}

Json outlined(Json schema) {
    schema["$comment"] = outline;
    return schema;
}

Json published(Json schema) {
    if (schema.value("$comment", "") == outline)
        return named(schema["type"].get<std::string>(), schema["description"].get<std::string>());
    for (const auto* keyword : {"format", "minLength", "maxLength"})
        schema.erase(keyword);
    if (schema.contains("minimum") && !is_told_minimum(schema["minimum"].get<double>()))
        schema.erase("minimum");
    if (schema.contains("maximum") && is_remote(schema["maximum"].get<double>()))
        schema.erase("maximum");
    // Of a vector the one number says it.
    if (schema.value("minItems", 0) == 1 ||
        schema.value("minItems", 0) == schema.value("maxItems", 0))
        schema.erase("minItems");
    if (schema.value("maxItems", 0) > most_items_told) schema.erase("maxItems");
    if (schema.contains("properties")) {
        for (auto& property : schema["properties"])
            property = published(std::move(property));
    }
    if (schema.contains("items")) schema["items"] = published(std::move(schema["items"]));
    if (schema.contains("anyOf")) {
        for (auto& choice : schema["anyOf"])
            choice = published(std::move(choice));
    }
    return schema;
}

Json published_result(Json schema) {
    const auto always = schema.value("required", Json::array());
    auto told = Json::object();
    for (const auto& [name, property] : schema["properties"].items())
        if (std::ranges::find(always, name) != always.end())
            told[name] =
                property.contains("type") ? Json{{"type", property["type"]}} : Json::object();
    schema["properties"] = std::move(told);
    schema.erase("required");
    return schema;
}

Json at_least(std::size_t members, Json schema) {
    schema["minProperties"] = members;
    return schema;
}

Json result(std::initializer_list<Field> fields) {
    auto out = named("object", {});
    add_fields(out, fields);
    return out;
}

Json type(std::string_view name, std::string_view description) {
    return named(name, description);
}

Json nullable(std::string_view name, std::string_view description) {
    auto out = named(name, description);
    out["type"] = Json::array();
    out["type"].push_back(std::string(name));
    out["type"].push_back("null");
    return out;
}

Json list_of(Json item) {
    auto out = named("array", {});
    out["items"] = std::move(item);
    return out;
}

}  // namespace blender_mcpd::tools::schema
