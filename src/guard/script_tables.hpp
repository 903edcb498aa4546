// The tables of script_rules.hpp.
#pragma once

#include "script_rules.hpp"

#include <span>

namespace blender_mcpd::guard {

/// By the dotted path of what is read or called.
[[nodiscard]] std::span<const PathRule> path_rule_table();

/// Of modules that are told where they are imported. Those that are harmless in part are not here.
[[nodiscard]] std::span<const PathRule> module_rule_table();

/// Of methods that say what they do whatever they are called on.
[[nodiscard]] std::span<const PathRule> method_rule_table();

}  // namespace blender_mcpd::guard
