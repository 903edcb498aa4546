#include "picture_size.hpp"

#include <cstddef>

namespace blender_mcpd::app {

// The signature, and the header chunk that is always the first (PNG 1.2, 11.2.2).
std::optional<PictureSize> png_size(std::string_view bytes) {
    using namespace std::string_view_literals;
    constexpr auto begin = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"sv;
    constexpr std::size_t header_end = 24;
    if (!bytes.starts_with(begin) || bytes.size() < header_end) return std::nullopt;
    const auto number = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (const char byte : bytes.substr(at, 4))
            value = value << 8U | static_cast<unsigned char>(byte);
        return value;
    };
    return PictureSize{number(16), number(20)};
}

}  // namespace blender_mcpd::app
