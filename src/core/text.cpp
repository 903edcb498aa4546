#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <numeric>
#include <system_error>

#include <sys/random.h>

namespace blender_mcpd::core {

namespace {

/// Bytes of the character at the front of `text` that would act on a terminal or turn the text
/// around instead of being seen, or 0: control characters (C0, DEL, C1) and the bidirectional ones.
std::size_t hidden_size(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto within = [](unsigned value, unsigned first, unsigned last) {
        return value >= first && value <= last;
    };
    if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
    if (byte(0) == 0xC2 && within(byte(1), 0x80, 0x9F)) return 2;  // U+0080 to U+009F
    if (byte(0) != 0xE2) return 0;
    const bool hidden =
        (byte(1) == 0x80 && (within(byte(2), 0x8E, 0x8F) || within(byte(2), 0xA8, 0xAE))) ||
        (byte(1) == 0x81 && within(byte(2), 0xA6, 0xA9));  // U+200E, U+2028, U+202A, U+2066 …
    return hidden ? 3 : 0;
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t max_bytes) {
    const bool cut = text.size() > max_bytes;
    if (cut) {
        auto end = max_bytes;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
            --end;
        text = text.substr(0, end);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    while (!text.empty()) {
        const auto hidden = hidden_size(text);
        for (const char c : text.substr(0, hidden)) {
            const auto value = static_cast<unsigned char>(c);
            out += "\\x";
            out += digits[value >> 4U];
            out += digits[value & 0xFU];
        }
        if (hidden == 0) out += text.front();
        text.remove_prefix(std::max<std::size_t>(hidden, 1));
    }
    if (cut) out += "…";
    return out;
}

namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> base64_values = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
        values[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}();

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
    const auto begin = out.size();
    out.resize(begin + (bytes.size() + 2) / 3 * 4);
    char* write = out.data() + begin;
    const auto at = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
    };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const auto triple = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
        *write++ = base64_alphabet[triple >> 18U];
        *write++ = base64_alphabet[triple >> 12U & 63U];
        *write++ = base64_alphabet[triple >> 6U & 63U];
        *write++ = base64_alphabet[triple & 63U];
    }
    if (i == bytes.size()) return;
    const bool two = i + 2 == bytes.size();
    const auto triple = at(i) << 16U | (two ? at(i + 1) << 8U : 0U);
    *write++ = base64_alphabet[triple >> 18U];
    *write++ = base64_alphabet[triple >> 12U & 63U];
    *write++ = two ? base64_alphabet[triple >> 6U & 63U] : '=';
    *write++ = '=';
}

bool decode_base64(std::string& out, std::string_view text) {
    out.clear();
    if (text.size() % 4 != 0) return false;
    if (text.empty()) return true;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    const auto digits = text.size() - padding;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int value = i < digits ? base64_values[static_cast<unsigned char>(text[i])] : 0;
        if (value < 0) return false;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        if (i % 4 == 3) {
            out += static_cast<char>(bits >> 16U & 0xFFU);
            out += static_cast<char>(bits >> 8U & 0xFFU);
            out += static_cast<char>(bits & 0xFFU);
            bits = 0;
        }
    }
    for (std::size_t i = 0; i < padding; ++i) {
        if (out.back() != '\0') return false;  // bits that no encoder sets
        out.pop_back();
    }
    return true;
}

std::string random_hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    std::size_t filled = 0;
    while (filled < bytes) {
        const auto got = getrandom(raw.data() + filled, bytes - filled, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
        filled += static_cast<std::size_t>(got);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes * 2);
    for (const char byte : raw) {
        out += digits[static_cast<unsigned char>(byte) >> 4U];
        out += digits[static_cast<unsigned char>(byte) & 0xFU];
    }
    return out;
}

namespace {

// Levenshtein, two rows.
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> previous(right.size() + 1);
    std::vector<std::size_t> current(right.size() + 1);
    std::iota(previous.begin(), previous.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        current[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replace = previous[j] + (left[i] == right[j] ? 0 : 1);
            current[j + 1] = std::min({replace, previous[j + 1] + 1, current[j] + 1});
        }
        std::swap(previous, current);
    }
    return previous.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    constexpr std::size_t longest = 64;  // bounds the quadratic cost for hostile input
    if (word.size() > longest) return {};
    std::string best;
    std::size_t best_distance = word.size() / 3 + 2;  // a misspelling, not another word
    for (const auto& candidate : candidates) {
        if (candidate.size() > longest) continue;
        const auto distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace blender_mcpd::core
