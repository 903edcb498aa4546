#include "assignment.hpp"

#include <blender_mcpd/core/text.hpp>

#include <charconv>

namespace blender_mcpd::app {

std::optional<Assignment> read_assignment(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return {};
    const auto name = core::trimmed(text.substr(0, equals));
    const auto value = core::trimmed(text.substr(equals + 1));
    if (name.empty() || value.empty()) return {};
    return Assignment{std::string(name), std::string(value)};
}

std::optional<std::int64_t> read_count(std::string_view text) {
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stopped != end || number < 0 || number > 1'000'000) return {};
    return number;
}

}  // namespace blender_mcpd::app
