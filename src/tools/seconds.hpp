// Arguments that are for the daemon rather than for Blender.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <chrono>
#include <optional>

namespace blender_mcpd::tools {

/// Removes the member from the arguments and returns its value, if it was there.
[[nodiscard]] std::optional<std::chrono::milliseconds> take_seconds(core::Json& arguments,
                                                                    const char* name);

}  // namespace blender_mcpd::tools
