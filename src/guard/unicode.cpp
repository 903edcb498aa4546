#include "unicode.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>

#include <utf8proc.h>

namespace blender_mcpd::guard {
namespace {

utf8proc_category_t category(char32_t code) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

void append_utf8(std::string& out, char32_t code) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i)
        out += static_cast<char>(bytes.at(i));
}

struct Free {
    void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

}  // namespace

std::optional<std::u32string> decode_utf8(std::string_view text) {
    std::u32string codes;
    const auto* next = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t code = -1;
        const auto size = utf8proc_iterate(next, left, &code);
        if (size <= 0) return std::nullopt;
        codes += static_cast<char32_t>(code);
        next += size;
        left -= size;
    }
    return codes;
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text;
    while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U)
        --max_bytes;
    return text.substr(0, max_bytes);
}

bool is_space(char32_t code) {
    if ((code >= U'\t' && code <= U'\r') || code == 0x85) return true;
    const auto kind = category(code);
    return kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL ||
           kind == UTF8PROC_CATEGORY_ZP;
}

bool is_control(char32_t code) {
    return category(code) == UTF8PROC_CATEGORY_CC;
}

bool is_invisible(char32_t code) {
    const bool noncharacter = (code & 0xFFFEU) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
    return noncharacter || is_control(code) || category(code) == UTF8PROC_CATEGORY_CF;
}

std::string to_nfc(const std::u32string& codes) {
    std::string text;
    for (const auto code : codes)
        append_utf8(text, code);
    utf8proc_uint8_t* result = nullptr;
    const auto size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &result,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, Free> owner(result);
    if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
    if (size < 0) throw std::logic_error(utf8proc_errmsg(size));
    return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(size)};
}

}  // namespace blender_mcpd::guard
