// How large a picture is, as its first bytes tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace blender_mcpd::app {

struct PictureSize {
    std::uint32_t width;  // pixels
    std::uint32_t height;
};

/// Nullopt when it is no PNG.
[[nodiscard]] std::optional<PictureSize> png_size(std::string_view bytes);

}  // namespace blender_mcpd::app
