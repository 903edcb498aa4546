// Images of tool results as files.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::app {

/// Decodes `base64` and writes it, whole or not at all. Returns the absolute path.
[[nodiscard]] core::Result<std::string> write_image(const std::string& path,
                                                    std::string_view base64);

}  // namespace blender_mcpd::app
