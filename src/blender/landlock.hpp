// Landlock (landlock(7)): the files that a process, and what it starts, may use from now on.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/fd.hpp>

#include <filesystem>
#include <vector>

namespace blender_mcpd::blender {

/// Absolute paths of files and folders, each with all below it. What is not there is left out.
struct LandlockRules {
    std::vector<std::filesystem::path> readable;  // read and executed
    std::vector<std::filesystem::path> writable;  // read, written, made, removed; not executed
    std::vector<std::filesystem::path> devices;   // read, written, ioctl
};

/// The ruleset, close-on-exec, for restrict_self(). With an interface of version 4 there is no TCP
/// either, with 6 no signals and abstract sockets of others. `abi` is landlock_abi() and not 0.
[[nodiscard]] core::Result<core::Fd> make_ruleset(const LandlockRules& rules, int abi);

/// Needs no_new_privs. Safe between fork and exec. False: errno says why.
[[nodiscard]] bool restrict_self(int ruleset);

}  // namespace blender_mcpd::blender
