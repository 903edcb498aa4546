// Pages of sites that search themselves, and show as much at once as they like.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/json.hpp>

#include <cstddef>
#include <optional>

namespace blender_mcpd::assets {

/// What one of the results means; nullopt: nothing.
using ReadResult = std::optional<Asset> (*)(const core::Json& found);

/// Moves `place` on through `results`, of which the first is number `begin` of all, and adds what
/// is wanted to `page`, until it has enough. Filters are judged here as well, as far as results
/// tell (not of categories): a site may ignore what it does not know. Returns how many results
/// there are to the end of these.
std::size_t take_results(const core::Json& results, std::size_t begin, const ProviderSearch& wanted,
                         ReadResult read, Place& place, ProviderPage& page);

}  // namespace blender_mcpd::assets
