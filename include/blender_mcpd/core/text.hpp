// Small things done to text in more than one module.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::core {

/// At most `max_bytes` of it, cut on a UTF-8 boundary with "…" at the end; control characters (also
/// those beyond ASCII, line separators and bidirectional overrides) become \xNN, a byte each. For
/// echoing untrusted input in messages and logs.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t max_bytes = 100);

/// Standard base64 with padding, appended.
void append_base64(std::string& out, std::string_view bytes);
/// False (and `out` unspecified) unless it is strict base64 with padding.
[[nodiscard]] bool decode_base64(std::string& out, std::string_view text);

/// `bytes` random bytes from the operating system, as lower-case hex. Throws when there is no
/// randomness.
[[nodiscard]] std::string random_hex(std::size_t bytes);

/// ASCII letters in lower case, everything else as it is.
[[nodiscard]] std::string lower_case(std::string_view text);
/// Without the spaces and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The candidate nearest to `word` by edit distance, or empty when none is near enough to be a
/// misspelling.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace blender_mcpd::core
