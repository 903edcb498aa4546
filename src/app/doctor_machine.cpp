// What this machine can do: keep Blender in a sandbox, show it, draw fast.
#include "doctor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include <sys/syscall.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

/// Nullopt when the kernel does not have that file, or it holds no number.
std::optional<long> kernel_setting(const DoctorEnvironment& environment, const char* name) {
    std::ifstream file(environment.proc / "sys" / name);
    long value = 0;
    if (!(file >> value)) return std::nullopt;
    return value;
}

/// Whether a user without privileges may make a user namespace. Settings of Debian, Ubuntu and the
/// kernel: see user_namespaces(7) and apparmor(7).
bool user_namespaces(const DoctorEnvironment& environment) {
    return kernel_setting(environment, "user/max_user_namespaces").value_or(0) > 0 &&
           kernel_setting(environment, "kernel/unprivileged_userns_clone").value_or(1) != 0 &&
           kernel_setting(environment, "kernel/apparmor_restrict_unprivileged_userns")
                   .value_or(0) == 0;
}

bool seccomp_filters(const DoctorEnvironment& environment) {
    std::ifstream file(environment.proc / "sys/kernel/seccomp/actions_avail");
    const std::string actions{std::istreambuf_iterator<char>(file),
                              std::istreambuf_iterator<char>()};
    return actions.find("errno") != std::string::npos;
}

fs::path bubblewrap(const DoctorEnvironment& environment) {
    std::istringstream folders(variable(environment, "PATH"));
    for (std::string folder; std::getline(folders, folder, ':');)
        if (const auto file = fs::path(folder) / "bwrap"; ::access(file.c_str(), X_OK) == 0)
            return file;
    return {};
}

}  // namespace

int landlock_abi_of_the_kernel() {
#ifdef SYS_landlock_create_ruleset
    constexpr unsigned version_flag = 1;  // LANDLOCK_CREATE_RULESET_VERSION
    const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, version_flag);
    return version > 0 ? static_cast<int>(version) : 0;
#else
    return 0;
#endif
}

Findings check_sandbox(const DoctorEnvironment& environment, const Config&) {
    const auto program = bubblewrap(environment);
    const auto landlock = environment.landlock_abi();
    const bool namespaces = user_namespaces(environment);
    const bool seccomp = seccomp_filters(environment);
    std::vector<std::string> there;
    std::vector<std::string> missing;
    const auto tell = [&](bool has, std::string name) {
        (has ? there : missing).push_back(std::move(name));
    };
    tell(!program.empty(), "bubblewrap");
    tell(landlock > 0, landlock > 0 ? fmt::format("Landlock {}", landlock) : "Landlock");
    tell(seccomp, "seccomp");
    tell(namespaces, "user namespaces");
    Finding finding{"sandbox", missing.empty() ? CheckState::ok : CheckState::note, {}};
    finding.message = missing.empty() ? fmt::format("there is {}", fmt::join(there, ", "))
                      : there.empty() ? fmt::format("there is no {}", fmt::join(missing, ", no "))
                                      : fmt::format("there is {}; no {}", fmt::join(there, ", "),
                                                    fmt::join(missing, ", no "));
    if (program.empty()) finding.remedy = "To have bubblewrap: sudo apt install bubblewrap";
    finding.facts = {{"bubblewrap", program.string()},
                     {"landlock", landlock},
                     {"seccomp", seccomp},
                     {"user_namespaces", namespaces}};
    return {std::move(finding)};
}

Findings check_display(const DoctorEnvironment& environment, const Config&) {
    const auto x11 = variable(environment, "DISPLAY");
    const auto wayland = variable(environment, "WAYLAND_DISPLAY");
    auto cards = core::Json::array();
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(environment.devices / "dri", error))
        if (const auto name = entry.path().filename().string(); name.starts_with("renderD"))
            cards.push_back(name);
    Finding finding{"display", CheckState::ok, {}};
    finding.message = wayland.empty() && x11.empty()
                          ? "none: Blender runs without a window, which all tools can do with"
                      : !wayland.empty() ? fmt::format("Wayland {}", wayland)
                                         : fmt::format("X11 {}", x11);
    finding.message += cards.empty() ? "; no GPU: EEVEE and Cycles render on the processor"
                                     : fmt::format("; {} GPU(s)", cards.size());
    finding.facts = {{"x11", x11}, {"wayland", wayland}, {"gpus", std::move(cards)}};
    return {std::move(finding)};
}

}  // namespace blender_mcpd::app
