// What a file is, by its first bytes: names are the server's to choose.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace blender_mcpd::assets {

/// The ending of a name in lower case, with its dot: ".png". Empty when it has none.
[[nodiscard]] std::string ending(std::string_view name);

/// Whether a file that ends so may begin so. Endings that we know nothing of are fine, unless it is
/// a page: what servers send in place of files, with status 200.
[[nodiscard]] bool may_begin_so(std::string_view ending, std::string_view begin);

/// Looks at the file. Errors: protocol, when it is something else than its name says; internal.
[[nodiscard]] core::Result<void> check_type(const std::filesystem::path& file);

/// The media type of an image that a client can show; empty for others.
[[nodiscard]] std::string image_type(std::string_view bytes);

}  // namespace blender_mcpd::assets
