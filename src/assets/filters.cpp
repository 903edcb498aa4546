#include "filters.hpp"

#include "ranking.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace blender_mcpd::assets {
namespace {

/// CC-BY-4.0 is of the family CC-BY, whatever its version; CC-BY-NC-4.0 is not.
bool is_of(std::string_view license, std::string_view family) {
    if (!license.starts_with(family)) return false;
    const auto version = license.substr(family.size());
    return version.empty() ||
           (version.size() > 1 && version[0] == '-' && version[1] >= '0' && version[1] <= '9');
}

}  // namespace

std::optional<LicenseFilter> license_filter_named(std::string_view name) {
    const auto found = std::ranges::find(license_filter_names, name);
    if (found == license_filter_names.end()) return std::nullopt;
    return static_cast<LicenseFilter>(found - license_filter_names.begin());
}

bool is_licensed(const License& license, LicenseFilter filter) {
    switch (filter) {
        case LicenseFilter::any:
            return true;
        case LicenseFilter::cc0:
            return is_of(license.name, "CC0");
        case LicenseFilter::commercial:
            break;
    }
    return is_of(license.name, "CC0") || is_of(license.name, "CC-BY") ||
           is_of(license.name, "CC-BY-SA");
}

bool is_same_category(std::string_view one, std::string_view other) {
    return words_of(one) == words_of(other);
}

bool matches(const Asset& asset, const SearchFilters& filters) {
    if (!filters.category.empty() &&
        std::ranges::none_of(asset.categories, [&](const auto& category) {
            return is_same_category(category, filters.category);
        }))
        return false;
    if (!is_licensed(asset.license, filters.license)) return false;
    if (filters.animated && asset.animated != filters.animated) return false;
    return filters.max_faces == 0 || (asset.faces > 0 && asset.faces <= filters.max_faces);
}

core::Error cannot_search_by(std::string_view provider, std::string_view filter) {
    return {core::ErrorCode::invalid, fmt::format("{} cannot search by {}", provider, filter),
            fmt::format("Leave {} out for it, or name another provider", filter)};
}

core::Result<std::string> find_category(std::string_view provider, std::string_view wanted,
                                        std::span<const std::string_view> there) {
    const auto found = std::ranges::find_if(
        there, [&](std::string_view one) { return is_same_category(one, wanted); });
    if (found != there.end()) return std::string(*found);
    constexpr std::size_t most_named = 80;
    const auto named = there.first(std::min(there.size(), most_named));
    return core::Error{
        core::ErrorCode::invalid,
        fmt::format("category: {} has no category {}", provider, core::excerpt(wanted)),
        fmt::format("There are: {}{}", fmt::join(named, ", "),
                    named.size() < there.size() ? ", …" : "")};
}

core::Result<std::vector<Asset>> filtered(std::string_view provider, std::vector<Asset> all,
                                          const SearchFilters& filters) {
    if (all.empty()) return all;
    const auto none = [&](auto tells) { return std::ranges::none_of(all, tells); };
    if (!filters.category.empty()) {
        std::set<std::string_view> names;
        for (const auto& asset : all)
            names.insert(asset.categories.begin(), asset.categories.end());
        if (names.empty()) return cannot_search_by(provider, "category");
        const std::vector<std::string_view> there(names.begin(), names.end());
        if (const auto found = find_category(provider, filters.category, there); !found)
            return found.error();
    }
    if (filters.license != LicenseFilter::any &&
        none([](const Asset& asset) { return !asset.license.name.empty(); }))
        return cannot_search_by(provider, "license");
    if (filters.animated && none([](const Asset& asset) { return asset.animated.has_value(); }))
        return cannot_search_by(provider, "animated");
    if (filters.max_faces > 0 && none([](const Asset& asset) { return asset.faces > 0; }))
        return cannot_search_by(provider, "max_faces");
    std::erase_if(all, [&](const Asset& asset) { return !matches(asset, filters); });
    return all;
}

}  // namespace blender_mcpd::assets
