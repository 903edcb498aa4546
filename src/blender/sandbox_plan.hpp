// What a Blender in a sandbox may use, and the layers that hold it to that.
#pragma once

#include "confinement.hpp"
#include "landlock.hpp"
#include "system_calls.hpp"

#include <blender_mcpd/blender/sandbox.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace blender_mcpd::blender {

/// What this kernel has to confine with.
struct Abilities {
    int landlock = landlock_abi();  // 0: none
    bool seccomp = has_seccomp();
};

struct Sandbox {
    std::shared_ptr<const Confinement> confinement;  // null: there is none
    Filter seal;                                     // for the runtime to set; empty: none
    core::Json facts;  // for people: {"mode","layers":["Landlock 7","seccomp"],"missing":[]}
};

/// Only reads from the system, from the folder of `program` and from what its `environment`
/// (NAME=value) names; `folders` are its own, to write to.
[[nodiscard]] LandlockRules what_blender_may_use(const std::filesystem::path& program,
                                                 const std::vector<std::string>& environment,
                                                 std::vector<std::filesystem::path> folders);

/// Not a script, and not snap, which run Blender behind walls of their own. To build those takes
/// what no sandbox allows.
[[nodiscard]] bool is_program_itself(const std::filesystem::path& program);

/// Error: unavailable, when the mode is `require` and the kernel lacks something.
[[nodiscard]] core::Result<Sandbox> make_sandbox(SandboxMode mode, const LandlockRules& rules,
                                                 const Abilities& abilities);

/// "off", "Landlock 7, seccomp"; of Sandbox::facts.
[[nodiscard]] std::string describe_sandbox(const core::Json& facts);

}  // namespace blender_mcpd::blender
