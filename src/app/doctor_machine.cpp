// What this machine can do: keep Blender in a sandbox, show it, draw fast.
#include "doctor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

bool seccomp_filters(const DoctorEnvironment& environment) {
    std::ifstream file(environment.proc / "sys/kernel/seccomp/actions_avail");
    const std::string actions{std::istreambuf_iterator<char>(file),
                              std::istreambuf_iterator<char>()};
    return actions.find("errno") != std::string::npos;
}

}  // namespace

Findings check_sandbox(const DoctorEnvironment& environment, const Config& config) {
    const auto landlock = environment.landlock_abi();
    const bool seccomp = seccomp_filters(environment);
    std::vector<std::string> there;
    std::vector<std::string> missing;
    const auto tell = [&](bool has, std::string name) {
        (has ? there : missing).push_back(std::move(name));
    };
    tell(landlock > 0, landlock > 0 ? fmt::format("Landlock {}", landlock) : "Landlock");
    tell(seccomp, "seccomp");
    Finding finding{"sandbox", CheckState::ok, {}};
    finding.facts = {{"landlock", landlock}, {"seccomp", seccomp}};
    if (config.blender.sandbox == Sandbox::off) {
        finding.state = CheckState::note;
        finding.message = "a started Blender may do what you may: blender.sandbox is off";
        finding.remedy = "To confine it: set blender.sandbox to auto";
        return {std::move(finding)};
    }
    finding.message =
        there.empty() ? "nothing confines a started Blender"
                      : fmt::format("a started Blender is confined by {}", fmt::join(there, ", "));
    if (missing.empty()) return {std::move(finding)};
    const bool is_required = config.blender.sandbox == Sandbox::require;
    finding.state = is_required ? CheckState::error : CheckState::warning;
    finding.message += fmt::format("; this kernel has no {}", fmt::join(missing, " and no "));
    finding.remedy = is_required
                         ? "No Blender is started: blender.sandbox is require. Use a kernel "
                           "that has it, or set auto"
                         : "Use a kernel that has it (Landlock: Linux 5.13, with landlock "
                           "among its security modules)";
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
