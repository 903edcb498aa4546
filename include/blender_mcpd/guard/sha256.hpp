// The one hash by which scripts, arguments and results are named.
#pragma once

#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// SHA-256, in lower-case hexadecimal. Any thread.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace blender_mcpd::guard
