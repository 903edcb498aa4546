// Scripts that complete our command line in shells.
#pragma once

#include "command_places.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

/// For "bash", "zsh" or "fish"; nullopt for another shell.
[[nodiscard]] std::optional<std::string> completion(std::string_view shell,
                                                    const std::vector<CommandPlace>& places);

}  // namespace blender_mcpd::app
