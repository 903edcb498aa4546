// Blender keeps 32-bit floats: what none of them can hold never reaches it.
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/metrics.hpp>

#include <cstddef>

namespace blender_mcpd::guard {

inline constexpr core::Metric nan_infinity_blocked{
    "validation.nan_infinity.blocked",
    "Numbers in refused arguments that are not finite or too large for a 32-bit float"};

/// How many numbers in the value are not finite or larger than the largest 32-bit float: what to
/// add to nan_infinity_blocked when validation has refused the value. Levels below
/// core::max_json_depth are not counted.
[[nodiscard]] std::size_t count_non_finite(const core::Json& value);

}  // namespace blender_mcpd::guard
