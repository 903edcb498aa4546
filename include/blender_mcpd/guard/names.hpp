// Names and short words that end up in requests, paths or Blender: what each may hold. No function
// changes what it accepts, but for safe_file_name.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// 1 to 50 ASCII letters, digits, "_" and "-".
[[nodiscard]] bool is_asset_id(std::string_view text);

/// A tag or category of an asset: 1 to 64 ASCII letters and digits, with single spaces, "-" and "_"
/// between them ("man made").
[[nodiscard]] bool is_tag(std::string_view text);

/// A resolution, quality or file format: 1 to 16 ASCII letters and digits ("4k", "high", "gltf").
[[nodiscard]] bool is_option_word(std::string_view text);

/// Bytes in UTF-8. Blender 5 keeps them; older versions keep 63 (MAX_ID_NAME), and the runtime
/// returns the name as it became.
inline constexpr std::size_t longest_blender_name = 255;

/// A name of something in Blender: not empty, valid UTF-8, without control characters, not too
/// long. The message of the error (ErrorCode::invalid) is a rule: "must not be empty".
[[nodiscard]] core::Result<void> check_blender_name(std::string_view name);

inline constexpr std::size_t longest_file_name = 255;  // bytes: NAME_MAX of Linux

/// A file name that a server proposed, if it can be used in a folder of ours: no separators (also
/// not "\"), control or invisible characters, no leading dot, no trailing dot or space, none of the
/// characters and names that are reserved on Windows, where the file may travel. A long one is cut
/// to longest_file_name on a character boundary and keeps its extension. Fails with
/// ErrorCode::invalid.
[[nodiscard]] core::Result<std::string> safe_file_name(std::string_view name);

/// The safe name in the value of a Content-Disposition header (RFC 6266): filename* where it is
/// given in UTF-8, else filename. Fails with ErrorCode::invalid, also when it has neither.
[[nodiscard]] core::Result<std::string> file_name_in_disposition(std::string_view header);

}  // namespace blender_mcpd::guard
