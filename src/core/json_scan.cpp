#include "json_scan.hpp"

#include <blender_mcpd/core/json.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace blender_mcpd::core::detail {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

// Eight at a time: strings of many megabytes pass here.
std::size_t plain_length(std::string_view text) {
    constexpr std::uint64_t each = 0x0101010101010101;
    constexpr std::uint64_t high = 0x80 * each;
    const auto has_zero = [](std::uint64_t block) { return (block - each) & ~block & high; };
    std::size_t length = 0;
    for (; text.size() - length >= sizeof(std::uint64_t); length += sizeof(std::uint64_t)) {
        std::uint64_t block = 0;
        std::memcpy(&block, text.data() + length, sizeof(block));
        const auto control = (block - 0x20 * each) & ~block & high;
        const auto special = control | (block & high) | has_zero(block ^ ('"' * each)) |
                             has_zero(block ^ ('\\' * each));
        if (special == 0) continue;
        // A borrow can mark bytes above the first that is special, and none below it.
        if constexpr (std::endian::native == std::endian::little)
            return length + static_cast<std::size_t>(std::countr_zero(special)) / 8;
        break;
    }
    const auto plain = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
    };
    while (length < text.size() && plain(text[length]))
        ++length;
    return length;
}

std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const auto first = byte(0);
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool second = continues(1) && !(first == 0xE0 && byte(1) < 0xA0) &&
                            !(first == 0xED && byte(1) > 0x9F);
        return second && continues(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool second = continues(1) && !(first == 0xF0 && byte(1) < 0x90) &&
                            !(first == 0xF4 && byte(1) > 0x8F);
        return second && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

Error JsonScanner::failure() const {
    return {ErrorCode::invalid,
            "invalid JSON: " + std::string(what_) + " at byte " + std::to_string(position_),
            {},
            {},
            {}};
}

bool JsonScanner::fail(std::string_view what) {
    what_ = what;
    return false;
}

bool JsonScanner::miss(char wanted) {
    switch (wanted) {
        case ':':
            return fail("expected ':'");
        case '{':
            return fail("expected an object");
        case '"':
            return fail("expected a string");
        default:
            return fail("unexpected character");
    }
}

bool JsonScanner::string() {
    if (!take('"')) return false;
    for (;;) {
        position_ += plain_length(text_.substr(position_));
        if (at_end()) return fail("unterminated string");
        const auto c = static_cast<unsigned char>(text_[position_]);
        if (c == '"') {
            ++position_;
            return true;
        }
        if (c == '\\') {
            if (!escape()) return false;
        } else if (c < 0x20) {
            return fail("control character in a string");
        } else {
            const auto length = utf8_length(text_.substr(position_));
            if (length == 0) return fail("invalid UTF-8");
            position_ += length;
        }
    }
}

bool JsonScanner::escape() {
    const auto rest = text_.substr(position_ + 1);
    if (rest.empty()) return fail("unterminated string");
    if (rest[0] == 'u') {
        if (rest.size() < 5 || !is_hex(rest[1]) || !is_hex(rest[2]) || !is_hex(rest[3]) ||
            !is_hex(rest[4]))
            return fail("bad \\u escape");
        position_ += 6;
        return true;
    }
    if (std::string_view("\"\\/bfnrt").find(rest[0]) == std::string_view::npos)
        return fail("bad escape");
    position_ += 2;
    return true;
}

bool JsonScanner::number() {
    if (peek() == '-') ++position_;
    if (!is_digit(peek())) return fail("unexpected character");
    if (peek() == '0')
        ++position_;
    else
        while (is_digit(peek()))
            ++position_;
    if (peek() == '.') {
        ++position_;
        if (!is_digit(peek())) return fail("bad number");
        while (is_digit(peek()))
            ++position_;
    }
    if (peek() == 'e' || peek() == 'E') {
        ++position_;
        if (peek() == '+' || peek() == '-') ++position_;
        if (!is_digit(peek())) return fail("bad number");
        while (is_digit(peek()))
            ++position_;
    }
    return true;
}

bool JsonScanner::literal(std::string_view word) {
    if (text_.substr(position_, word.size()) != word) return fail("unexpected character");
    position_ += word.size();
    return true;
}

bool JsonScanner::value(std::size_t depth) {
    if (depth > max_json_depth) return fail("too deeply nested");
    skip_space();
    switch (peek()) {
        case '{':
            return members(depth);
        case '[':
            return elements(depth);
        case '"':
            return string();
        case 't':
            return literal("true");
        case 'f':
            return literal("false");
        case 'n':
            return literal("null");
        default:
            return number();
    }
}

bool JsonScanner::members(std::size_t depth) {
    ++position_;
    skip_space();
    if (peek() == '}') {
        ++position_;
        return true;
    }
    for (std::size_t count = 1;; ++count) {
        if (count > max_members_) return fail("too many members in one object");
        skip_space();
        if (!string()) return false;
        skip_space();
        if (!take(':') || !value(depth + 1)) return false;
        skip_space();
        if (peek() == ',') {
            ++position_;
            continue;
        }
        return take('}');
    }
}

bool JsonScanner::elements(std::size_t depth) {
    ++position_;
    skip_space();
    if (peek() == ']') {
        ++position_;
        return true;
    }
    for (;;) {
        if (!value(depth + 1)) return false;
        skip_space();
        if (peek() == ',') {
            ++position_;
            continue;
        }
        return take(']');
    }
}

}  // namespace blender_mcpd::core::detail
