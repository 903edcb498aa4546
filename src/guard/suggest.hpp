// Remedies for names that do not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// "Did you mean "location"? Allowed: location, rotation"; only what helps.
[[nodiscard]] std::string suggest(std::string_view word, std::span<const std::string> allowed);

}  // namespace blender_mcpd::guard
