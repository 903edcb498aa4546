// The bearer token that clients on this machine read from a file of the user's own.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>

namespace blender_mcpd::transport {

/// The token in the file, or a new one (256 random bits as hex), for which the file (0600) and its
/// folder (0700) are created; of two processes that create it at once, both get the same. Blocks on
/// the disk.
///
/// Errors: invalid when others may read or write the file, when it is not the user's, no regular
/// file, or holds no token of at least 32 characters; unavailable when it cannot be read or
/// created. No error holds the token.
[[nodiscard]] core::Result<std::string> load_or_create_token(const std::filesystem::path& path);

}  // namespace blender_mcpd::transport
