// Compression for what Python unpacks with zlib.
#pragma once

#include <string>
#include <string_view>

namespace blender_mcpd::blender {

/// Raw deflate (RFC 1951), at its best level: zlib.decompress(…, -15).
[[nodiscard]] std::string deflated(std::string_view bytes);

}  // namespace blender_mcpd::blender
