// One scan of one script: tokens, walk, rules.
#pragma once

#include "script_judge.hpp"

#include <span>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// `allowed_modules`: empty allows every import.
[[nodiscard]] RawFindings scan_script(std::string_view text,
                                      std::span<const std::string> allowed_modules);

}  // namespace blender_mcpd::guard
