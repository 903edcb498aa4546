// Where the sources are, for tests that read files beside them.
#pragma once

#include <filesystem>

namespace blender_mcpd::test {

/// Absolute, also where the compiler was given relative paths, as a compiler cache does.
[[nodiscard]] std::filesystem::path project_folder();

}  // namespace blender_mcpd::test
