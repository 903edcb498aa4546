// Whether and how a Blender that we start is confined by the kernel (docs/security.md).
#pragma once

#include <filesystem>
#include <vector>

namespace blender_mcpd::blender {

enum class SandboxMode {
    off,
    automatic,  // as far as this kernel can
    require,    // no Blender without all of it
};

struct SandboxOptions {
    SandboxMode mode = SandboxMode::off;
    /// Absolute. Blender reads and writes there and in its private folders; what is not there when
    /// it starts is left out.
    std::vector<std::filesystem::path> folders{};
    /// The same, where it only reads.
    std::vector<std::filesystem::path> readable{};
    /// One more of these, which is made (0700) when it is not there. Empty: none.
    std::filesystem::path cache{};
};

/// The version of Landlock's interface in this kernel; 0: there is none, or it is switched off.
[[nodiscard]] int landlock_abi();

/// Whether this kernel has filters of system calls.
[[nodiscard]] bool has_seccomp();

}  // namespace blender_mcpd::blender
