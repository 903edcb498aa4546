// Filters of system calls (seccomp(2)) for a Blender in a sandbox. Whoever has one, and what it
// starts, never gets rid of it.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <vector>

#include <linux/filter.h>

namespace blender_mcpd::blender {

using Filter = std::vector<sock_filter>;

/// From the first instruction of the program on: no sockets but pairs, no signals to others, no
/// attributes and owners of files, and nothing of what ordinary programs do not do (debugging,
/// mounting, keys, io_uring, kernel modules, ...). `own_process` stands for the process that gets
/// it, see set_own_process().
[[nodiscard]] core::Result<Filter> confining_filter();

/// From the moment on at which the runtime serves: no new processes, and no other program.
[[nodiscard]] core::Result<Filter> sealing_filter();

/// Writes the number of the process into a copy of confining_filter(). Safe between fork and exec.
void set_own_process(sock_filter* filter, std::size_t size, unsigned process);

/// Needs no_new_privs. Safe between fork and exec. False: errno says why.
[[nodiscard]] bool filter_self(const sock_filter* filter, std::size_t size);

}  // namespace blender_mcpd::blender
