// The Python that runs inside Blender (src/runtime, src/addon) as it is embedded in the binary.
#pragma once

#include <span>
#include <string_view>

namespace blender_mcpd::blender {

struct RuntimeFile {
    std::string_view path;  // relative, with '/'
    std::string_view text;
};

/// All files, sorted by path. Static storage.
[[nodiscard]] std::span<const RuntimeFile> runtime_files();

/// SHA-256 (hex) over the paths and contents of all files: the runtime's version.
[[nodiscard]] std::string_view runtime_hash();

/// The add-on that brings the runtime into a Blender with a window (src/addon), without the
/// runtime; as above.
[[nodiscard]] std::span<const RuntimeFile> addon_files();

}  // namespace blender_mcpd::blender
