#include "python_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

namespace blender_mcpd::guard {

namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_digit_of(char c, int base) {
    if (c >= '0' && c <= '9') return c - '0' < base;
    return base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
}

char32_t digit_value(char c) {
    if (c <= '9') return static_cast<char32_t>(c - '0');
    return static_cast<char32_t>((c | 0x20) - 'a' + 10);
}

// PEP 263: the comment of line 1 or 2 may name an encoding: coding[:=]\s*([-\w.]+).
std::string_view declared_encoding(std::string_view line) {
    const auto begin = line.find_first_not_of(" \t\f");
    if (begin == std::string_view::npos || line[begin] != '#') return {};
    for (auto at = line.find("coding"); at != std::string_view::npos;
         at = line.find("coding", at + 1)) {
        auto rest = line.substr(at + 6);
        if (rest.empty() || (rest.front() != ':' && rest.front() != '=')) continue;
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        const auto end = rest.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
        if (end != 0 && !rest.empty()) return rest.substr(0, end);
    }
    return {};
}

bool reads_like_utf8(std::string_view encoding) {
    std::string name;
    for (const char c : encoding) {
        if (c == '_') {
            name += '-';
        } else {
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        }
    }
    constexpr std::array<std::string_view, 9> same{"utf-8",  "utf8",       "utf-8-sig",
                                                   "ascii",  "us-ascii",   "latin-1",
                                                   "latin1", "iso-8859-1", "utf-8-unix"};
    return std::find(same.begin(), same.end(), name) != same.end();
}

std::optional<Unscannable> check_declared_encoding(std::string_view script) {
    std::size_t begin = 0;
    for (int line = 0; line < 2 && begin < script.size(); ++line) {
        const auto end = std::min(script.find_first_of("\r\n", begin), script.size());
        const auto encoding = declared_encoding(script.substr(begin, end - begin));
        if (!encoding.empty() && !reads_like_utf8(encoding))
            return Unscannable{begin, "it declares an encoding other than UTF-8"};
        begin = end + 1;
        if (end + 1 < script.size() && script[end] == '\r' && script[end + 1] == '\n') ++begin;
    }
    return std::nullopt;
}

// \N{...}: the names that can spell a Python identifier.
char32_t named_character(std::string_view name) {
    constexpr std::string_view small = "LATIN SMALL LETTER ";
    constexpr std::string_view capital = "LATIN CAPITAL LETTER ";
    std::string upper(name);
    for (auto& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const std::string_view text = upper;
    if (text.size() == small.size() + 1 && text.starts_with(small))
        return static_cast<char32_t>(text.back() | 0x20);
    if (text.size() == capital.size() + 1 && text.starts_with(capital))
        return static_cast<char32_t>(text.back());
    if (text == "LOW LINE") return U'_';
    if (text == "FULL STOP") return U'.';
    if (text == "SOLIDUS") return U'/';
    return replacement;
}

class EscapeDecoder {
  public:
    explicit EscapeDecoder(std::string_view body) : body_(body) { out_.reserve(body.size()); }

    std::string decode() {
        while (at_ < body_.size()) {
            const char c = body_[at_++];
            if (c == '\r') {  // a line end in a literal is always \n
                out_ += '\n';
                if (at_ < body_.size() && body_[at_] == '\n') ++at_;
            } else if (c == '\\' && at_ < body_.size()) {
                escape(body_[at_++]);
            } else {
                out_ += c;
            }
        }
        return std::move(out_);
    }

  private:
    void escape(char c) {
        constexpr std::string_view simple = "\\'\"abfnrtv";
        constexpr std::string_view meaning = "\\'\"\a\b\f\n\r\t\v";
        if (const auto known = simple.find(c); known != std::string_view::npos) {
            out_ += meaning[known];
        } else if (c == '\n') {
            return;  // continued on the next line
        } else if (c == '\r') {
            if (at_ < body_.size() && body_[at_] == '\n') ++at_;
        } else if (c == 'x' || c == 'u' || c == 'U') {
            hexadecimal(c == 'x' ? 2 : (c == 'u' ? 4 : 8));
        } else if (is_digit_of(c, 8)) {
            --at_;
            append_utf8(out_, number(3, 8));
        } else if (c == 'N' && at_ < body_.size() && body_[at_] == '{') {
            const auto end = std::min(body_.find('}', at_), body_.size());
            append_utf8(out_, named_character(body_.substr(at_ + 1, end - at_ - 1)));
            at_ = std::min(end + 1, body_.size());
        } else {
            out_ += '\\';
            out_ += c;
        }
    }

    void hexadecimal(int digits) { append_utf8(out_, number(digits, 16)); }

    char32_t number(int most, int base) {
        char32_t value = 0;
        for (int i = 0; i < most && at_ < body_.size() && is_digit_of(body_[at_], base); ++i)
            value = value * static_cast<char32_t>(base) + digit_value(body_[at_++]);
        return value;
    }

    std::string_view body_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

void append_utf8(std::string& out, char32_t code_point) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000))
        code_point = replacement;
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto length =
        utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
    for (utf8proc_ssize_t i = 0; i < length; ++i)
        out += static_cast<char>(bytes[static_cast<std::size_t>(i)]);
}

std::optional<Unscannable> check_encoding(std::string_view script) {
    std::size_t at = 0;
    while (at < script.size()) {
        const auto byte = static_cast<unsigned char>(script[at]);
        if (byte == 0) return Unscannable{at, "it contains a NUL character"};
        if (byte < 0x80) {
            ++at;
            continue;
        }
        utf8proc_int32_t code_point = 0;
        const auto length =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(script.data() + at),
                             static_cast<utf8proc_ssize_t>(script.size() - at), &code_point);
        if (length <= 0) return Unscannable{at, "it is not valid UTF-8"};
        at += static_cast<std::size_t>(length);
    }
    return check_declared_encoding(script);
}

std::optional<std::string> normalize_name(std::string_view name) {
    if (name.size() > max_unicode_name_bytes) return std::nullopt;
    utf8proc_uint8_t* mapped = nullptr;
    const auto length = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
        static_cast<utf8proc_ssize_t>(name.size()), &mapped,
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
    if (length < 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
}

bool is_python_keyword(std::string_view name) {
    // match, case and type are names unless the grammar says otherwise.
    constexpr std::array<std::string_view, 35> keywords{
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    return std::binary_search(keywords.begin(), keywords.end(), name);
}

std::string decode_escapes(std::string_view body) {
    return EscapeDecoder(body).decode();
}

}  // namespace blender_mcpd::guard
