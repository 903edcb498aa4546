#include "own_program.hpp"

#include <system_error>

namespace blender_mcpd::app {

std::optional<std::filesystem::path> own_program() {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    // The kernel names a file that was removed "… (deleted)".
    if (error || !std::filesystem::is_regular_file(path, error)) return std::nullopt;
    return path;
}

}  // namespace blender_mcpd::app
