// Where this very program is.
#pragma once

#include <filesystem>
#include <optional>

namespace blender_mcpd::app {

/// The full path of the file that runs, symbolic links resolved. Nullopt when it is not there any
/// more (replaced by an update while it runs), or cannot be told.
[[nodiscard]] std::optional<std::filesystem::path> own_program();

}  // namespace blender_mcpd::app
