// Documents with numbers that no double can hold, which the JSON parser would refuse as a whole.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::core::detail {

/// The valid JSON `text` with a placeholder instead of every such number.
[[nodiscard]] std::string replace_overflows(std::string_view text);

/// Makes infinities of the placeholders in the value that was parsed from it; also of the other
/// numbers that are nearly too large for a double.
void restore_overflows(Json& value);

}  // namespace blender_mcpd::core::detail
