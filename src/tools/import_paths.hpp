// Where import_file may read, also when it is a step of a batch.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <filesystem>
#include <span>

namespace blender_mcpd::tools {

/// Makes `path` absolute by the rules of guard::resolve_in_roots, and adds `folders` for the files
/// that it names in turn: those that may be read. Asks the file system. Errors: invalid, not_found.
[[nodiscard]] core::Result<void> resolve_import(core::Json& arguments,
                                                const std::filesystem::path& project_directory,
                                                std::span<const std::filesystem::path> roots);

}  // namespace blender_mcpd::tools
