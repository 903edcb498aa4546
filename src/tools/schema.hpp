// Builds JSON Schemas so that they read as tables. Fragments are inlined: clients cope badly with
// $ref.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace blender_mcpd::tools::schema {

using core::Json;

enum class Presence { optional, required };
inline constexpr auto required = Presence::required;

/// One row of an object's table.
struct Field {
    std::string_view name;
    Json schema;
    Presence presence = Presence::optional;
};

// Input: closed, and every number bounded.

[[nodiscard]] Json object(std::initializer_list<Field> fields, std::string_view description = {});
[[nodiscard]] Json string(std::size_t min, std::size_t max, std::string_view description = {});
[[nodiscard]] Json number(double min, double max, std::string_view description = {});
[[nodiscard]] Json integer(std::int64_t min, std::int64_t max, std::string_view description = {});
[[nodiscard]] Json boolean(std::string_view description = {});
[[nodiscard]] Json one_of(const std::vector<std::string_view>& values,
                          std::string_view description = {});
[[nodiscard]] Json array_of(Json item, std::size_t min, std::size_t max,
                            std::string_view description = {});
[[nodiscard]] Json any_of(std::initializer_list<Json> choices, std::string_view description = {});
[[nodiscard]] Json with_default(Json schema, Json value);
/// A rule of guard::JsonSchema that the other keywords cannot express.
[[nodiscard]] Json with_format(std::string_view format, Json schema);
/// An object schema that must have at least so many members.
[[nodiscard]] Json at_least(std::size_t members, Json schema);

/// Clients see its type and description alone, which tells what is inside: for large schemas of
/// which a model needs the names only. Checked it is as a whole.
[[nodiscard]] Json outlined(Json schema);

/// The schema as clients see it, every byte of which a model reads in every conversation: outlines,
/// and no bounds that no sensible value comes near. Without `format`, too: ours mean nothing to
/// clients, and the APIs of some models and strict validators refuse formats that they do not know.
[[nodiscard]] Json published(Json schema);
/// The same of a result: the types of the members that are always there. What else there may be,
/// and what is in them, is seen when it is there.
[[nodiscard]] Json published_result(Json schema);

// Output: open, so that the runtime may add to it.

[[nodiscard]] Json result(std::initializer_list<Field> fields);
[[nodiscard]] Json type(std::string_view name, std::string_view description = {});
[[nodiscard]] Json nullable(std::string_view name, std::string_view description = {});
[[nodiscard]] Json list_of(Json item);

}  // namespace blender_mcpd::tools::schema
