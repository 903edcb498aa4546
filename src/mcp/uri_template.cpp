#include <blender_mcpd/mcp/resource.hpp>

#include <optional>

namespace blender_mcpd::mcp {

namespace {

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return {};
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return {};
        const auto high = hex_digit(text[i + 1]);
        const auto low = hex_digit(text[i + 2]);
        if (!high || !low) return {};
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return out;
}

}  // namespace

std::optional<std::map<std::string, std::string>> match_template(std::string_view uri_template,
                                                                 std::string_view uri) {
    std::map<std::string, std::string> variables;
    while (!uri_template.empty()) {
        if (uri_template.front() != '{') {
            if (uri.empty() || uri.front() != uri_template.front()) return {};
            uri_template.remove_prefix(1);
            uri.remove_prefix(1);
            continue;
        }
        const auto close = uri_template.find('}');
        if (close == std::string_view::npos) return {};
        const auto name = uri_template.substr(1, close - 1);
        uri_template.remove_prefix(close + 1);
        // A variable is not empty, and ends with its path segment, or before the last place in it
        // where the template can go on.
        const auto segment = uri.substr(0, uri.find('/'));
        const auto next = uri_template.substr(0, uri_template.find_first_of("/{"));
        const auto end = next.empty() ? segment.size() : segment.rfind(next);
        if (end == std::string_view::npos) return {};
        const auto value = percent_decoded(uri.substr(0, end));
        if (!value || value->empty()) return {};
        variables.emplace(name, *value);
        uri.remove_prefix(end);
    }
    if (!uri.empty()) return {};
    return variables;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
    }
    return out;
}

std::string comparable_uri(std::string_view uri) {
    std::string out;
    for (std::size_t i = 0; i < uri.size(); ++i) {
        const auto decoded = uri[i] == '%' ? percent_decoded(uri.substr(i, 3)) : std::nullopt;
        if (!decoded) {
            out += uri[i];
            continue;
        }
        i += 2;
        // Decoded, these would look like the end of a segment, or like the begin of an escape.
        const bool special = *decoded == "/" || *decoded == "%";
        out += special ? percent_encoded(*decoded) : *decoded;
    }
    return out;
}

}  // namespace blender_mcpd::mcp
