#include "sandbox_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace blender_mcpd::blender {
namespace {

namespace fs = std::filesystem;

// Programs, libraries and what they look up. Of /etc not what may be secret. The kernel itself
// keeps what is in /proc about other processes from one that Landlock confines, except names and
// command lines.
constexpr std::array system_places{"/usr",
                                   "/lib",
                                   "/lib32",
                                   "/lib64",
                                   "/bin",
                                   "/sbin",
                                   "/opt",
                                   "/nix/store",
                                   "/gnu/store",
                                   "/snap",
                                   "/proc",
                                   "/sys",
                                   "/etc/OpenCL",
                                   "/etc/alternatives",
                                   "/etc/drirc",
                                   "/etc/egl",
                                   "/etc/fonts",
                                   "/etc/glvnd",
                                   "/etc/group",
                                   "/etc/ld.so.cache",
                                   "/etc/ld.so.conf",
                                   "/etc/ld.so.conf.d",
                                   "/etc/ld.so.preload",
                                   "/etc/locale.alias",
                                   "/etc/localtime",
                                   "/etc/machine-id",
                                   "/etc/mime.types",
                                   "/etc/mtab",
                                   "/etc/nsswitch.conf",
                                   "/etc/os-release",
                                   "/etc/passwd",
                                   "/etc/timezone",
                                   "/etc/vulkan"};

constexpr std::array device_places{"/dev/null",    "/dev/zero",       "/dev/full",
                                   "/dev/random",  "/dev/urandom",    "/dev/dri",
                                   "/dev/kfd",     "/dev/nvidiactl",  "/dev/nvidia0",
                                   "/dev/nvidia1", "/dev/nvidia-uvm", "/dev/nvidia-modeset"};

std::string value_of(const std::vector<std::string>& environment, std::string_view name) {
    for (const auto& entry : environment)
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
    return {};
}

void add_list(std::vector<fs::path>& places, std::string_view list) {
    while (!list.empty()) {
        const auto size = std::min(list.find(':'), list.size());
        if (list.front() == '/') places.emplace_back(list.substr(0, size));
        list.remove_prefix(std::min(size + 1, list.size()));
    }
}

/// Debian's Pythons keep a module there that each runs when it starts.
void add_settings_of_python(std::vector<fs::path>& places) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/etc", error))
        if (entry.path().filename().string().starts_with("python3")) places.push_back(entry.path());
}

/// Preferences, add-ons and startup file of the user's.
void add_configuration(std::vector<fs::path>& places, const std::vector<std::string>& environment) {
    const fs::path home = value_of(environment, "HOME");
    const fs::path configured = value_of(environment, "XDG_CONFIG_HOME");
    if (configured.is_absolute())
        places.push_back(configured / "blender");
    else if (home.is_absolute())
        places.push_back(home / ".config/blender");
}

}  // namespace

LandlockRules what_blender_may_use(const fs::path& program,
                                   const std::vector<std::string>& environment,
                                   std::vector<fs::path> folders) {
    LandlockRules rules;
    rules.readable.assign(system_places.begin(), system_places.end());
    rules.readable.push_back(program.parent_path());
    std::error_code error;
    if (const auto itself = fs::canonical(program, error); !error)
        rules.readable.push_back(itself.parent_path());
    add_settings_of_python(rules.readable);
    add_configuration(rules.readable, environment);
    add_list(rules.readable, value_of(environment, "LD_LIBRARY_PATH"));
    add_list(rules.readable, value_of(environment, "LIBGL_DRIVERS_PATH"));
    if (const fs::path colours = value_of(environment, "OCIO"); colours.is_absolute())
        rules.readable.push_back(colours.parent_path());
    rules.writable = std::move(folders);
    rules.devices.assign(device_places.begin(), device_places.end());
    return rules;
}

bool is_program_itself(const fs::path& program) {
    std::error_code error;
    const auto itself = fs::canonical(program, error);
    if (error || itself.filename() == "snap") return false;
    std::array<char, 4> begin{};
    std::ifstream(itself, std::ios::binary).read(begin.data(), begin.size());
    return std::string_view(begin.data(), begin.size()) ==
           "\x7f"
           "ELF";
}

core::Result<Sandbox> make_sandbox(SandboxMode mode, const LandlockRules& rules,
                                   const Abilities& abilities) {
    Sandbox sandbox;
    if (mode == SandboxMode::off) {
        sandbox.facts = {{"mode", "off"}};
        return sandbox;
    }
    std::vector<std::string> layers;
    std::vector<std::string> missing;
    const auto confinement = std::make_shared<Confinement>();
    if (abilities.landlock > 0) {
        auto ruleset = make_ruleset(rules, abilities.landlock);
        if (!ruleset) return ruleset.error();
        confinement->ruleset = std::move(*ruleset);
        layers.push_back(fmt::format("Landlock {}", abilities.landlock));
    } else {
        missing.emplace_back("Landlock");
    }
    if (abilities.seccomp) {
        auto confining = confining_filter();
        if (!confining) return confining.error();
        auto sealing = sealing_filter();
        if (!sealing) return sealing.error();
        confinement->filter = std::move(*confining);
        sandbox.seal = std::move(*sealing);
        layers.emplace_back("seccomp");
    } else {
        missing.emplace_back("seccomp");
    }
    const bool is_required = mode == SandboxMode::require;
    if (is_required && !missing.empty())
        return core::Error{
            core::ErrorCode::unavailable,
            fmt::format("blender.sandbox is \"require\", and this kernel has no {}",
                        fmt::join(missing, " and no ")),
            "Use a kernel that has it (Landlock: Linux 5.13, with \"landlock\" among its security "
            "modules), or set blender.sandbox = \"auto\" to do with what there is.",
            core::Outcome::not_applied};
    if (!layers.empty()) sandbox.confinement = confinement;
    sandbox.facts = {{"mode", is_required ? "require" : "auto"},
                     {"layers", std::move(layers)},
                     {"missing", std::move(missing)}};
    return sandbox;
}

std::string describe_sandbox(const core::Json& facts) {
    const auto layers = facts.value("layers", std::vector<std::string>());
    const auto missing = facts.value("missing", std::vector<std::string>());
    if (facts.value("mode", "off") == "off") return "off";
    auto text = fmt::format("{}", fmt::join(layers, ", "));
    for (const auto& layer : missing)
        text += (text.empty() ? "no " : ", no ") + layer;
    return text;
}

}  // namespace blender_mcpd::blender
