// Cleaning of search queries before they go to somebody else's server. What a query may hold is
// decided by encoding it right (guard/url.hpp), not by an alphabet: "стул" and "C++" are fine.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

inline constexpr core::Metric query_sanitized{
    "validation.query.sanitized", "Search queries that were accepted after cleaning changed them"};

inline constexpr std::size_t longest_query = 200;        // code points, after cleaning
inline constexpr std::size_t longest_raw_query = 4'096;  // bytes, before: bounds the work

/// White space of any kind, also runs of it, becomes one space; control and format characters
/// (bidirectional overrides, zero-width characters, the byte order mark) are removed; the ends are
/// trimmed; the rest is normalised to NFC. Cleaning the result again changes nothing. Errors
/// (ErrorCode::invalid): "Search query required", "Search query is not valid UTF-8", "Search query
/// too long", "Query cannot be empty after cleaning".
[[nodiscard]] core::Result<std::string> clean_query(std::string_view text, core::Metrics& metrics);

/// Whether clean_query would accept it.
[[nodiscard]] core::Result<void> check_query(std::string_view text);

}  // namespace blender_mcpd::guard
