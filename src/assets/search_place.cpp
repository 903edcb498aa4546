#include "search_place.hpp"

#include <blender_mcpd/assets/asset.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace blender_mcpd::assets {
namespace {

constexpr std::size_t longest_page = 300;  // letters of a provider's word

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string to_hex(std::string_view text) {
    std::string hex;
    for (const char letter : text)
        hex += fmt::format("{:02x}", static_cast<unsigned char>(letter));
    return hex;
}

template <typename Number>
std::optional<Number> number(std::string_view text, int base = 10) {
    Number value = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || error != std::errc() || at != end) return std::nullopt;
    return value;
}

std::optional<std::string> from_hex(std::string_view hex) {
    std::string text;
    if (hex.empty() || hex.size() % 2 != 0 || hex.size() > 2 * longest_page) return std::nullopt;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        const auto letter = number<unsigned char>(hex.substr(at, 2), 16);
        if (!letter) return std::nullopt;
        text += static_cast<char>(*letter);
    }
    return text;
}

std::optional<Place> place_in(const std::vector<std::string_view>& parts) {
    constexpr std::size_t most = 100'000;
    if (parts.size() != 2 && parts.size() != 4) return std::nullopt;
    const auto offset = number<std::size_t>(parts[1]);
    if (!offset || *offset > most) return std::nullopt;
    if (parts.size() == 2) return Place{*offset};
    const auto begin = number<std::size_t>(parts[2]);
    auto page = from_hex(parts[3]);
    if (!begin || *begin > *offset || !page) return std::nullopt;
    return Place{*offset, std::move(*page), *begin};
}

}  // namespace

std::string write_cursor(const Places& places) {
    std::string text;
    for (const auto& [provider, place] : places) {
        text += fmt::format("{}{}.{}", text.empty() ? "" : "-", provider, place.offset);
        if (!place.page.empty())
            text += fmt::format(".{}.{}", place.page_begin, to_hex(place.page));
    }
    return text;
}

core::Result<Places> read_cursor(std::string_view text) {
    Places places;
    if (text.empty()) return places;
    for (const auto part : split(text, '-')) {
        const auto fields = split(part, '.');
        auto place = place_in(fields);
        if (!place || std::ranges::find(provider_names, fields[0]) == provider_names.end())
            return core::Error{core::ErrorCode::invalid, "cursor is none that search_assets gave",
                               "Leave it out for the first page"};
        places[std::string(fields[0])] = std::move(*place);
    }
    return places;
}

}  // namespace blender_mcpd::assets
