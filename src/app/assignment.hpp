// Items of list settings that say one thing about another: "render = 6".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::app {

struct Assignment {
    std::string name;
    std::string value;
};

/// Without the spaces around both; nullopt when there is no "=" or nothing on one of its sides.
[[nodiscard]] std::optional<Assignment> read_assignment(std::string_view text);

/// A whole number from 0 to 1,000,000.
[[nodiscard]] std::optional<std::int64_t> read_count(std::string_view text);

}  // namespace blender_mcpd::app
