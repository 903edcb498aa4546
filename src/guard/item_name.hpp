// What an item of a vector or colour is called.
#pragma once

#include "path.hpp"
#include "schema_node.hpp"

#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// Of the item `index` of an array of this schema: "X coordinate"; mostly empty.
[[nodiscard]] std::string_view item_name(const SchemaNode& array, std::size_t index);

/// Of the item at `path` in a value of the schema `root`.
[[nodiscard]] std::string_view item_name(const SchemaNode& root, const Path& path);

/// "X coordinate must be finite"; the rule alone when there is no name.
[[nodiscard]] std::string named_rule(std::string_view item_name, std::string_view rule);

}  // namespace blender_mcpd::guard
