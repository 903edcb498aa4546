// The characters of a Python script: encoding, identifiers, escapes of string literals.
#pragma once

#include "python_tokens.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// A script must be UTF-8 without NUL, and must not declare another encoding: what we read would
/// not be what Python reads.
[[nodiscard]] std::optional<Unscannable> check_encoding(std::string_view script);

/// Longer identifiers with characters beyond ASCII are refused: normalising takes more than linear
/// time.
inline constexpr std::size_t max_unicode_name_bytes = 512;

/// NFKC, as CPython does with identifiers. nullopt when it cannot be done.
[[nodiscard]] std::optional<std::string> normalize_name(std::string_view name);

[[nodiscard]] bool is_python_keyword(std::string_view name);

/// The value of the text between the quotes of a str (or bytes) literal that is not raw. Escapes
/// that name a character this does not know become U+FFFD.
[[nodiscard]] std::string decode_escapes(std::string_view body);

void append_utf8(std::string& out, char32_t code_point);

}  // namespace blender_mcpd::guard
