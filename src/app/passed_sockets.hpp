// Sockets that listen already when we start: those of a .socket unit.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <span>

namespace blender_mcpd::app {

/// -1: there is none.
struct PassedSockets {
    int http = -1;  // TCP
    int unix = -1;
};

/// Which is for what. They stay the caller's. Errors: invalid, with the number of the descriptor,
/// when one is no stream socket that listens, or there are two of a kind.
[[nodiscard]] core::Result<PassedSockets> sort_sockets(std::span<const int> descriptors);

}  // namespace blender_mcpd::app
