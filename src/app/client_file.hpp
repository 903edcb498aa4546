// The configuration file of another program: read as it is, replaced with care.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::app {

/// Larger files are refused. Claude Code keeps its whole history in the file that it is configured
/// in.
inline constexpr std::size_t max_client_file_bytes = std::size_t{64} << 20;

struct ClientFile {
    std::filesystem::path path;       // the file itself: links are followed
    std::filesystem::path asked;      // where the client looks
    std::optional<std::string> text;  // nullopt: there is none yet
};

/// Follows symbolic links, as the client does: those who keep their settings elsewhere go on doing
/// so. Errors: invalid for a link that leads nowhere, for what is no regular file, belongs to
/// another user or is too large; unavailable when it cannot be read.
[[nodiscard]] core::Result<ClientFile> read_client_file(const std::filesystem::path& path);

/// Replaces the file at once and keeps its permissions; what was there is in a copy beside it,
/// whose path is returned (empty when there was none). Folders are made. Errors: busy when the file
/// is not what was read any more, internal when the operating system refuses.
[[nodiscard]] core::Result<std::filesystem::path> replace_client_file(const ClientFile& file,
                                                                      std::string_view text);

}  // namespace blender_mcpd::app
