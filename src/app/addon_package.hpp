// The add-on as it is given to a Blender: its own files and the runtime of this version.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

/// Its folder in Blender, and its id as an extension.
inline constexpr std::string_view addon_id = "blender_mcpd";
/// The file in its folder that tells which files are ours.
inline constexpr std::string_view addon_list = "blender-mcpd-files.json";

struct AddonFile {
    std::string path;  // relative to the add-on's folder, with '/'
    std::string text;
};

/// All files; the list of them is the last.
[[nodiscard]] std::vector<AddonFile> addon_package();

/// Writes a zip archive that every Blender from 2.93 on installs from disk; the same bytes each
/// time. An existing file is replaced. ErrorCode::internal with the reason.
[[nodiscard]] core::Result<void> write_addon_zip(const std::filesystem::path& path);

}  // namespace blender_mcpd::app
