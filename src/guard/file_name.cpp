// File names that somebody else proposes.
#include "unicode.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace blender_mcpd::guard {
namespace {

core::Error refused(std::string_view name, std::string_view why) {
    return {core::ErrorCode::invalid,
            fmt::format("the file name \"{}\" {}", core::excerpt(name), why),
            "Choose a file name",
            core::Outcome::not_applied,
            {}};
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

/// CON, NUL.txt, COM1 … are devices on Windows, whatever their extension.
bool is_device(std::string_view name) {
    const auto stem = upper(name.substr(0, name.find('.')));
    static constexpr std::array<std::string_view, 4> names{"CON", "PRN", "AUX", "NUL"};
    if (std::find(names.begin(), names.end(), stem) != names.end()) return true;
    return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) &&
           stem[3] >= '0' && stem[3] <= '9';
}

std::string shortened(std::string_view name) {
    if (name.size() <= longest_file_name) return std::string(name);
    constexpr std::size_t longest_extension = 16;
    const auto dot = name.rfind('.');
    const auto extension = dot != std::string_view::npos && name.size() - dot <= longest_extension
                               ? name.substr(dot)
                               : std::string_view();
    auto stem = cut_utf8(name.substr(0, name.size() - extension.size()),
                         longest_file_name - extension.size());
    if (extension.empty())  // the cut must not leave what a name may not end with
        stem = stem.substr(0, stem.find_last_not_of(" .") + 1);
    return std::string(stem) + std::string(extension);
}

// Content-Disposition, RFC 6266: attachment; filename="a b.zip"; filename*=UTF-8''a%20b.zip

/// Takes the text up to the next ";" that is not inside quotes.
std::string_view take_part(std::string_view& rest) {
    bool quoted = false;
    std::size_t i = 0;
    for (; i < rest.size() && (quoted || rest[i] != ';'); ++i) {
        if (rest[i] == '"') quoted = !quoted;
        if (rest[i] == '\\' && quoted) ++i;
    }
    const auto part = rest.substr(0, i);
    rest = i < rest.size() ? rest.substr(i + 1) : std::string_view();
    return core::trimmed(part);
}

std::string unquoted(std::string_view text) {
    if (!text.starts_with('"')) return std::string(text);
    std::string out;
    for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

int hex(char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto at = digits.find(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// RFC 8187: charset'language'percent-encoded.
std::optional<std::string> decoded(std::string_view text) {
    constexpr std::string_view charset = "UTF-8'";
    if (upper(text.substr(0, charset.size())) != charset) return {};
    const auto quote = text.find('\'', charset.size());
    if (quote == std::string_view::npos) return {};
    std::string out;
    for (auto rest = text.substr(quote + 1); !rest.empty();) {
        if (rest[0] != '%') {
            out += rest[0];
            rest.remove_prefix(1);
            continue;
        }
        if (rest.size() < 3 || hex(rest[1]) < 0 || hex(rest[2]) < 0) return {};
        out += static_cast<char>(hex(rest[1]) * 16 + hex(rest[2]));
        rest.remove_prefix(3);
    }
    return out;
}

}  // namespace

core::Result<std::string> safe_file_name(std::string_view name) {
    if (name.empty()) return refused(name, "is empty");
    const auto codes = decode_utf8(name);
    if (!codes) return refused(name, "is not valid UTF-8");
    if (std::any_of(codes->begin(), codes->end(), is_invisible))
        return refused(name, "holds control or invisible characters");
    if (name.find_first_of("/\\") != std::string_view::npos) return refused(name, "names a folder");
    if (name.find_first_of("<>:\"|?*") != std::string_view::npos)
        return refused(name, "holds a reserved character");
    if (name.front() == '.') return refused(name, "begins with a dot");
    if (name.back() == '.' || name.back() == ' ' || name.front() == ' ')
        return refused(name, "begins or ends with a space, or ends with a dot");
    auto fitting = shortened(name);
    if (is_device(fitting)) return refused(name, "is a device on Windows");
    return fitting;
}

core::Result<std::string> file_name_in_disposition(std::string_view header) {
    std::optional<std::string> plain;
    std::optional<std::string> extended;
    auto rest = header;
    take_part(rest);  // "attachment"
    while (!rest.empty()) {
        const auto part = take_part(rest);
        const auto equals = std::min(part.find('='), part.size());
        const auto name = upper(core::trimmed(part.substr(0, equals)));
        const auto value = core::trimmed(part.substr(std::min(equals + 1, part.size())));
        if (name == "FILENAME" && !plain) plain = unquoted(value);
        if (name == "FILENAME*" && !extended) extended = decoded(value);
    }
    if (extended) return safe_file_name(*extended);
    if (plain) return safe_file_name(*plain);
    return refused(header, "is not given");
}

}  // namespace blender_mcpd::guard
