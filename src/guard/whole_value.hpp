// Rules that hold for every value, whatever its schema says.
#pragma once

#include "schema_node.hpp"
#include "violation.hpp"

namespace blender_mcpd::guard {

/// Blender is handed at most so many values in one call: bounds the time that validation takes.
inline constexpr std::size_t max_values = 2'000'000;

/// Every number is finite and fits the 32-bit floats of Blender, nothing is nested deeper than
/// core::max_json_depth, and there are at most max_values values. The schema says what numbers are
/// called.
[[nodiscard]] Verdict check_whole_value(const core::Json& value, const SchemaNode& schema);

}  // namespace blender_mcpd::guard
