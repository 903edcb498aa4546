// How far a search has come, by provider, and the cursor that tells it to the next call.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace blender_mcpd::assets {

/// In the results of one provider.
struct Place {
    std::size_t offset = 0;  // how many there are before it
    std::string page{};      // the provider's own word for the page that it is in; empty: the first
    std::size_t page_begin = 0;  // how many there are before that page

    bool operator==(const Place&) const = default;
};

using Places = std::map<std::string, Place>;

/// "polyhaven.10-sketchfab.30.24.636432", the last the word for the page as hex.
[[nodiscard]] std::string write_cursor(const Places& places);

/// Error: invalid, when write_cursor() has not written it.
[[nodiscard]] core::Result<Places> read_cursor(std::string_view text);

}  // namespace blender_mcpd::assets
