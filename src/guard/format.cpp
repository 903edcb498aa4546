#include "format.hpp"

#include <blender_mcpd/guard/file_path.hpp>
#include <blender_mcpd/guard/names.hpp>
#include <blender_mcpd/guard/query.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <algorithm>
#include <array>

namespace blender_mcpd::guard {
namespace {

constexpr std::array<std::string_view, 3> coordinates{"X coordinate", "Y coordinate",
                                                      "Z coordinate"};
constexpr std::array<std::string_view, 4> channels{"Red channel", "Green channel", "Blue channel",
                                                   "Alpha channel"};

core::Result<void> check_asset_id(std::string_view text) {
    if (is_asset_id(text)) return {};
    return core::Error{core::ErrorCode::invalid,
                       "must be 1 to 50 letters, digits, \"_\" or \"-\"",
                       {},
                       core::Outcome::not_applied,
                       {}};
}

core::Result<void> check_uri(std::string_view text) {
    if (const auto fits = check_public_url(text); !fits) return fits.error();
    return {};
}

constexpr std::array<Format, 7> formats{{
    {"search-query", check_query},
    {"blender-name", check_blender_name},
    {"file-path", check_path_text},
    {"asset-id", check_asset_id},
    {"uri", check_uri},
    {"vector", nullptr, coordinates},
    {"colour", nullptr, channels},
}};

}  // namespace

const Format* find_format(std::string_view name) {
    const auto* const found = std::find_if(formats.begin(), formats.end(),
                                           [&](const Format& one) { return one.name == name; });
    return found == formats.end() ? nullptr : found;
}

}  // namespace blender_mcpd::guard
