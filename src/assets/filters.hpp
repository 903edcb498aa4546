// Which assets a search is narrowed down to. A provider that filters itself is told; of what others
// tell of their assets it is judged here. An asset of which nothing is known is left out.
#pragma once

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/error.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace blender_mcpd::assets {

/// Whether a work of that licence may be used so. A licence that we do not know may not.
[[nodiscard]] bool is_licensed(const License& license, LicenseFilter filter);

/// Whether both are names of one category: case, accents and signs between words aside.
[[nodiscard]] bool is_same_category(std::string_view one, std::string_view other);

[[nodiscard]] bool matches(const Asset& asset, const SearchFilters& filters);

/// What a provider cannot do: "sketchfab cannot search by category".
[[nodiscard]] core::Error cannot_search_by(std::string_view provider, std::string_view filter);

/// The one that is meant of those that there are, as the provider calls it. Error: invalid, with
/// those that there are.
[[nodiscard]] core::Result<std::string> find_category(std::string_view provider,
                                                      std::string_view wanted,
                                                      std::span<const std::string_view> there);

}  // namespace blender_mcpd::assets
