// A JSON Schema in the form that validation reads: one node a schema object.
#pragma once

#include "format.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::guard {

enum class Type : unsigned {
    null = 1U << 0U,
    boolean = 1U << 1U,
    integer = 1U << 2U,
    number = 1U << 3U,
    string = 1U << 4U,
    array = 1U << 5U,
    object = 1U << 6U,
};

/// No type in it means: any type.
class TypeSet {
  public:
    void add(Type type) { bits_ |= static_cast<unsigned>(type); }
    [[nodiscard]] bool has(Type type) const { return (bits_ & static_cast<unsigned>(type)) != 0; }
    [[nodiscard]] bool any() const { return bits_ == 0; }

  private:
    unsigned bits_ = 0;
};

/// Inclusive limits of a length or a count.
struct SizeRange {
    std::size_t min = 0;
    std::size_t max = std::numeric_limits<std::size_t>::max();
    [[nodiscard]] bool bounded_above() const {
        return max != std::numeric_limits<std::size_t>::max();
    }
};

struct NumberRange {
    std::optional<double> min;
    std::optional<double> max;
    std::optional<double> above;  // exclusiveMinimum
    std::optional<double> below;  // exclusiveMaximum
};

struct Property;

struct SchemaNode {
    std::string description;
    TypeSet types;
    std::vector<core::Json> values;  // of enum or const; empty: any
    const Format* format = nullptr;

    std::vector<Property> properties;
    std::vector<std::string> required;
    bool additional_allowed = true;
    std::unique_ptr<SchemaNode> additional;  // for the properties that are not named
    SizeRange property_count;

    std::unique_ptr<SchemaNode> items;
    SizeRange item_count;

    SizeRange length;  // of a string, in code points
    NumberRange range;

    std::vector<SchemaNode> any_of;
    std::vector<SchemaNode> one_of;
};

struct Property {
    std::string name;
    SchemaNode schema;
};

/// Fails (ErrorCode::invalid) on whatever it does not understand.
[[nodiscard]] core::Result<SchemaNode> compile_schema(const core::Json& schema);

/// What the node accepts, in a few words: "an array of 3 numbers", "one of "a", "b"".
[[nodiscard]] std::string phrase(const SchemaNode& node);

}  // namespace blender_mcpd::guard
