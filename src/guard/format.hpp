// The keyword `format`: rules that the other keywords cannot express, and what the items of a
// vector are called. A closed set.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <span>
#include <string_view>

namespace blender_mcpd::guard {

struct Format {
    std::string_view name;
    /// For strings; null: none. The error's message is the rule.
    core::Result<void> (*check)(std::string_view text) = nullptr;
    /// For arrays: "X coordinate", …
    std::span<const std::string_view> item_names = {};
};

/// Null for an unknown one.
[[nodiscard]] const Format* find_format(std::string_view name);

}  // namespace blender_mcpd::guard
