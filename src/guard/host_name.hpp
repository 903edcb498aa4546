// Judges host names before they are resolved.
#pragma once

#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// A public DNS name in lower case: at least two labels of letters, digits and inner hyphens (RFC
/// 1123). Says in words what is wrong otherwise; nullptr when nothing is.
[[nodiscard]] const char* refuse_host(std::string_view host);

}  // namespace blender_mcpd::guard
