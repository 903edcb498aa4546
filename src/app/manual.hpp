// The parts of the manual pages that are made of the command line and of the table of settings, in
// the language of scdoc(5).
#pragma once

#include "command_places.hpp"

#include <string>
#include <vector>

namespace blender_mcpd::app {

/// Every command and option, for blender-mcpd(1).
[[nodiscard]] std::string manual_of_commands(const std::vector<CommandPlace>& places);

/// Every setting, for blender-mcpd.toml(5).
[[nodiscard]] std::string manual_of_settings();

}  // namespace blender_mcpd::app
