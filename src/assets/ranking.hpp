// Finds assets by words in a list that we have: mistyped, in another form, in any script.
#pragma once

#include <blender_mcpd/assets/asset.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

/// The words of a text: case and accents left out, divided where letters and digits end.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make one
/// of the other; `most` + 1 when it is more than `most`. Letters are code points.
[[nodiscard]] std::size_t distance(std::string_view one, std::string_view other, std::size_t most);

/// Another word for the same; empty: we know none.
[[nodiscard]] std::string synonym(std::string_view word);

/// Those that have at least half of the words, the best first: more words, then better places (the
/// name before tags), then those that are fetched more. Without words all, by that alone.
[[nodiscard]] std::vector<Asset> ranked(std::span<const Asset> assets, std::string_view query);

}  // namespace blender_mcpd::assets
