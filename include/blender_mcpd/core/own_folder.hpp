// Folders that are the user's alone.
#pragma once

#include <filesystem>

namespace blender_mcpd::core {

/// Makes the folder, and those above that are missing, with mode 0700 (XDG Base Directory
/// Specification, "Referencing this specification"). What is there stays as it is. Returns 0 when
/// something is there now, whatever it is, else errno.
int make_own_folder(const std::filesystem::path& folder);

}  // namespace blender_mcpd::core
