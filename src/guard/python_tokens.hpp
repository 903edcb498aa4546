// The tokens of a Python script, as CPython 3.7 to 3.14 would see them, without a grammar.
// One pass, an explicit stack for brackets and f-strings, no recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace blender_mcpd::guard {

enum class TokenKind : std::uint8_t {
    name,          // identifier, NFKC-normalised as CPython does it
    keyword,       // a reserved word
    number,        //
    string,        // str or bytes literal; `text` is its value
    op,            // operator, delimiter or bracket
    newline,       // end of a statement; none inside brackets
    format_begin,  // f"
    format_text,   // literal part of an f-string; `text` is its value
    field_begin,   // { of a replacement field, followed by the tokens of its expression
    field_spec,    // the field has a conversion or a format specification
    field_end,     // }
    format_end,    // closing quote of an f-string
    end,           // once, at the end
};

struct PythonToken {
    std::string_view text;     // into the script, or into PythonTokens::values
    std::uint32_t offset = 0;  // of its first byte in the script
    TokenKind kind = TokenKind::end;
};

struct PythonTokens {
    std::vector<PythonToken> tokens;  // never empty: ends with TokenKind::end
    std::deque<std::string> values;   // texts that differ from what is written
};

/// Why a text is no Python that can be scanned.
struct Unscannable {
    std::size_t offset = 0;
    std::string why{};
};

/// Deeper nesting of brackets and f-strings is unscannable. CPython itself ends at 200.
inline constexpr std::size_t max_python_nesting = 256;

/// `script` must outlive the result and be shorter than 4 GiB.
[[nodiscard]] std::variant<PythonTokens, Unscannable> tokenize_python(std::string_view script);

}  // namespace blender_mcpd::guard
