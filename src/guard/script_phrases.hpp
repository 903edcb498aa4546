// What the rules say about names and values, for their messages and their conditions.
#pragma once

#include "script_values.hpp"

#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// In quotes, cut and without control characters.
[[nodiscard]] std::string quoted_name(std::string_view name);

/// A path as people write it: "open", "Path.unlink".
[[nodiscard]] std::string shown(std::string_view path);

/// Whether a value that should be a constant text is one that is not in sight.
[[nodiscard]] bool is_computed(const Value& value);

}  // namespace blender_mcpd::guard
