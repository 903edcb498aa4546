// A JSON scanner: checks grammar, UTF-8 and depth in one pass, and builds nothing.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <string_view>

namespace blender_mcpd::core::detail {

/// How many bytes at the begin of the text stand for themselves in a JSON string: ASCII without
/// control characters, '"' and '\\'.
[[nodiscard]] std::size_t plain_length(std::string_view text);

/// Bytes of the valid multi-byte UTF-8 code point at the front of `text`, or 0 (Unicode 15, table
/// 3-7: no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

class JsonScanner {
  public:
    explicit JsonScanner(std::string_view text, std::size_t max_members = std::string_view::npos)
        : text_(text), max_members_(max_members) {}

    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] std::string_view since(std::size_t begin) const {
        return text_.substr(begin, position_ - begin);
    }

    void skip_space() {
        while (!at_end()) {
            const char c = text_[position_];
            if (c > ' ' || (c != ' ' && c != '\t' && c != '\n' && c != '\r')) return;
            ++position_;
        }
    }
    /// Consumes `wanted` or fails.
    bool take(char wanted) {
        if (at_end() || text_[position_] != wanted) return miss(wanted);
        ++position_;
        return true;
    }
    /// Each consumes one such value or fails; false means failed, see failure().
    bool string();
    bool value(std::size_t depth);

    [[nodiscard]] Error failure() const;
    bool fail(std::string_view what);

  private:
    bool miss(char wanted);
    bool number();
    bool literal(std::string_view word);
    bool members(std::size_t depth);
    bool elements(std::size_t depth);
    bool escape();

    std::string_view text_;
    std::size_t max_members_;  // of one object
    std::size_t position_ = 0;
    std::string_view what_;
};

}  // namespace blender_mcpd::core::detail
