#include "number_rule.hpp"

#include <blender_mcpd/guard/numbers.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace blender_mcpd::guard {
namespace {

std::size_t count(const core::Json& value, std::size_t depth) {
    if (value.is_number()) return number_rule(value.get<double>()).empty() ? 0 : 1;
    if (!value.is_structured() || depth == core::max_json_depth) return 0;
    std::size_t found = 0;
    for (const auto& member : value)
        found += count(member, depth + 1);
    return found;
}

}  // namespace

std::string_view number_rule(double number) {
    constexpr double largest = std::numeric_limits<float>::max();
    if (!std::isfinite(number)) return "must be finite";
    if (std::abs(number) > largest) return "must fit a 32-bit float (3.4e38 at most)";
    return {};
}

std::size_t count_non_finite(const core::Json& value) {
    return count(value, 0);
}

}  // namespace blender_mcpd::guard
