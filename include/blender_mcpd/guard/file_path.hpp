// Paths of files, judged against Blender's project directory and the folders that are allowed.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace blender_mcpd::guard {

inline constexpr std::size_t longest_path = 4'096;          // bytes: PATH_MAX of Linux
inline constexpr std::size_t longest_path_component = 255;  // bytes: NAME_MAX of Linux

/// Looks at the text alone: not empty, valid UTF-8, no control characters, not too long. The
/// message of the error (ErrorCode::invalid) is a rule: "must not be empty".
[[nodiscard]] core::Result<void> check_path_text(std::string_view path);

enum class Intent {
    read,   // the file must exist
    write,  // its folder must exist; the file need not
};

/// The file that `path` means, absolute and without symbolic links. Relative paths, and Blender's
/// "//x", start at `project_directory` (the folder of the open .blend file; empty when it was never
/// saved). The file must lie inside that folder or one of `roots` (absolute) once every link is
/// resolved: "a..b" is a name like any other, and "/home/ab" is not inside "/home/a".
///
/// Errors: ErrorCode::invalid when it lies elsewhere, is relative to nothing or is no regular file;
/// not_found when the file or its folder does not exist. They name the path, the allowed folders
/// and what to do. Asks the file system: call it where blocking is fine. What it found can change
/// before the file is opened; folders that others may write to need a sandbox.
[[nodiscard]] core::Result<std::filesystem::path> resolve_in_roots(
    std::string_view path, const std::filesystem::path& project_directory,
    std::span<const std::filesystem::path> roots, Intent intent);

}  // namespace blender_mcpd::guard
