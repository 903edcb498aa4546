// The few questions about Unicode text that the validators ask (Unicode 15, by utf8proc).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// The code points; nullopt unless it is valid UTF-8 (no overlong forms, no surrogates).
[[nodiscard]] std::optional<std::u32string> decode_utf8(std::string_view text);

/// The longest front of `text`, which is valid UTF-8, that has at most `max_bytes` bytes.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes);

/// White_Space: ASCII white space, U+0085, and the separators Zs, Zl, Zp.
[[nodiscard]] bool is_space(char32_t code);

/// Cc: moves the cursor of a terminal, ends a line, ends a C string.
[[nodiscard]] bool is_control(char32_t code);

/// Control and format characters (Cc, Cf: bidirectional overrides, zero-width characters, the byte
/// order mark) and noncharacters: what no reader sees.
[[nodiscard]] bool is_invisible(char32_t code);

/// `codes` as UTF-8 in normal form C.
[[nodiscard]] std::string to_nfc(const std::u32string& codes);

}  // namespace blender_mcpd::guard
