// The rule for every number, whatever its schema says.
#pragma once

#include <string_view>

namespace blender_mcpd::guard {

/// The rule that `number` breaks, "must be finite", or an empty text.
[[nodiscard]] std::string_view number_rule(double number);

}  // namespace blender_mcpd::guard
