// What holds a process from before its program begins until its end.
#pragma once

#include "system_calls.hpp"

#include <blender_mcpd/core/fd.hpp>

#include <cstddef>

namespace blender_mcpd::blender {

struct Confinement {
    core::Fd ruleset;  // see landlock.hpp; none: -1
    Filter filter;     // see system_calls.hpp; none: empty
};

/// Between fork and exec: with a ruleset or -1, and a filter that is its own to write to, or none.
/// What is open stays usable. False: errno says why.
[[nodiscard]] bool confine_self(int ruleset, sock_filter* filter, std::size_t size);

}  // namespace blender_mcpd::blender
