// What a program prints, with a deadline.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace blender_mcpd::app {

/// At most this much of the output is kept.
inline constexpr std::size_t max_program_output = 65'536;

/// Runs it without input and returns what it wrote to standard output and error together, once it
/// has ended by itself with code 0. It leads a process group, all of which is killed when the limit
/// passes. Blocks; any thread. Errors: unavailable when it cannot be started, timeout, internal
/// when it failed.
[[nodiscard]] core::Result<std::string> program_output(std::vector<std::string> arguments,
                                                       std::chrono::milliseconds limit);

}  // namespace blender_mcpd::app
