// The files of the status page (src/app/status), embedded by CMake.
#pragma once

#include <string_view>

namespace blender_mcpd::app {

/// Empty when there is none of that name.
[[nodiscard]] std::string_view status_file(std::string_view name);

}  // namespace blender_mcpd::app
