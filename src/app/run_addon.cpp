#include "addon_folder.hpp"
#include "addon_package.hpp"
#include "addon_place.hpp"
#include "commands.hpp"
#include "state_folder.hpp"
#include "version.hpp"

#include <blender_mcpd/blender/installations.hpp>
#include <blender_mcpd/core/text.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

using blender::Release;

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;
// Blender starts with all of its user's add-ons.
constexpr std::chrono::minutes enable_limit{3};

struct Target {
    Release release;
    fs::path program;  // empty: none was found
    fs::path folder;
};

void complain(const core::Error& error) {
    fmt::print(stderr, "{}\n", core::describe(error));
}

std::string name(const Target& target) {
    auto text = "Blender " + blender::to_string(target.release);
    if (!target.program.empty()) text += " (" + target.program.string() + ")";
    return text;
}

class Targets {
  public:
    Targets(const Config& config, const AddonCommand& command)
        : config_(config), command_(command) {}

    /// Those that are meant; complains itself. An exit code when that is no use.
    int find(bool also_without_program) {
        if (!command_.version.empty()) return find_release();
        if (!command_.blender.empty()) {
            const auto release = blender::ask_release(command_.blender);
            if (!release) {
                complain(release.error());
                return failed;
            }
            return add(*release, command_.blender) ? 0 : failed;
        }
        for (const auto& [release, program] : installed())
            (void)add(release, program);
        if (also_without_program)
            for (const auto release : configured_releases(environment_))
                (void)add(release, {});
        if (!all.empty()) return 0;
        fmt::print(stderr,
                   "No Blender was found that can have the add-on. Name one: --blender with its "
                   "path, or --version with its version, such as 4.2.\n");
        return failed;
    }

    std::vector<Target> all;

  private:
    int find_release() {
        const auto release = blender::release_in(command_.version);
        if (!release) {
            fmt::print(stderr, "--version takes a version of Blender such as 4.2, not \"{}\"\n",
                       core::excerpt(command_.version));
            return wrong_usage;
        }
        for (const auto& [there, program] : installed())
            if (there == *release) return add(there, program) ? 0 : failed;
        return add(*release, {}) ? 0 : failed;
    }

    [[nodiscard]] std::vector<std::pair<Release, fs::path>> installed() const {
        std::vector<std::pair<Release, fs::path>> found;
        for (const auto& program : blender::installed_blenders(config_.blender.executable)) {
            if (const auto release = blender::ask_release(program))
                found.emplace_back(*release, program);
            else
                complain(release.error());
        }
        return found;
    }

    bool add(Release release, const fs::path& program) {
        const auto folder = addon_place(release, program, environment_);
        if (!folder) {
            complain(folder.error());
            return false;
        }
        if (std::ranges::find(all, *folder, &Target::folder) == all.end())
            all.push_back({release, program, *folder});
        return true;
    }

    const Config& config_;
    const AddonCommand& command_;
    Environment environment_ = process_environment();
};

std::string enable_code(const std::string& module) {
    return fmt::format(
        "import bpy\n"
        "if bpy.ops.preferences.addon_enable(module={0:?}) != {{'FINISHED'}} "
        "or {0:?} not in bpy.context.preferences.addons:\n"
        "    raise RuntimeError('the add-on cannot be enabled')\n"
        "bpy.ops.wm.save_userpref()\n",
        module);
}

bool enable(const Target& target) {
    fmt::print("  Starts it once in the background, with your preferences, to enable the add-on\n");
    std::fflush(stdout);
    const auto done =
        blender::run_program({target.program.string(), "--background", "--python-exit-code", "1",
                              "--python-expr", enable_code(addon_module(target.release))},
                             enable_limit);
    if (!done) {
        complain(done.error());
        return false;
    }
    fmt::print(
        "  Enabled. If this Blender is open, restart it; when it saves its preferences "
        "before, run this again\n");
    return true;
}

bool install(const Target& target, bool enables) {
    const auto before = installed_addon(target.folder);
    const auto change = install_addon(target.folder);
    if (!change) {
        complain(change.error());
        return false;
    }
    fmt::print("{}: ", name(target));
    switch (*change) {
        case AddonChange::made:
            fmt::print("installed {}", version);
            break;
        case AddonChange::replaced:
            if (before == version)
                fmt::print("put {} anew", version);
            else
                fmt::print("replaced {} by {}", before, version);
            break;
        case AddonChange::unchanged:
            fmt::print("{} is there already", version);
            break;
    }
    fmt::print(" in {}\n", target.folder.string());
    if (enables) return enable(target);
    if (*change == AddonChange::made)
        fmt::print(
            "  Next: restart it if it is open, and tick \"blender-mcpd\" in Edit > "
            "Preferences > Add-ons (or run this again with --enable)\n");
    else if (*change == AddonChange::replaced)
        fmt::print("  Next: restart it if it is open\n");
    return true;
}

int run_install(const Config& config, const AddonCommand& command) {
    Targets targets(config, command);
    if (const int code = targets.find(false); code != 0) return code;
    int code = 0;
    for (const auto& target : targets.all) {
        if (command.enable && target.program.empty()) {
            fmt::print(stderr,
                       "{} was not found, so the add-on cannot be enabled there. Name it with "
                       "--blender, or leave --enable out.\n",
                       name(target));
            return failed;
        }
        if (!install(target, command.enable)) code = failed;
    }
    return code;
}

int run_uninstall(const Config& config, const AddonCommand& command) {
    Targets targets(config, command);
    if (const int code = targets.find(true); code != 0) return code;
    int code = 0;
    bool was_there = false;
    for (const auto& target : targets.all) {
        const auto removal = uninstall_addon(target.folder);
        if (!removal) {
            complain(removal.error());
            code = failed;
            continue;
        }
        if (!removal->was_there) continue;
        was_there = true;
        fmt::print("Blender {}: removed {}\n", blender::to_string(target.release),
                   target.folder.string());
        if (!removal->left.empty())
            fmt::print("  Left there, as it is not ours: {}\n",
                       core::excerpt(fmt::to_string(fmt::join(removal->left, ", ")), 300));
        fmt::print("  If it is open, the add-on works there until it is closed\n");
    }
    if (const auto left = remove_left_descriptors(process_environment()); left > 0)
        fmt::print("Removed what {} Blender{} that crashed had left in {}\n", left,
                   left == 1 ? "" : "s", descriptor_folder(process_environment()).string());
    if (!was_there && code == 0) fmt::print("The add-on is not installed\n");
    return code;
}

int run_path(const Config& config, const AddonCommand& command) {
    Targets targets(config, command);
    if (const int code = targets.find(true); code != 0) return code;
    for (const auto& target : targets.all) {
        const auto there = installed_addon(target.folder);
        fmt::print("{:<6} {:<14} {}\n", blender::to_string(target.release),
                   there.empty() ? "not installed" : there, target.folder.string());
    }
    return 0;
}

int run_build(const AddonCommand& command) {
    const auto path =
        command.output.empty() ? fmt::format("{}-{}.zip", addon_id, version) : command.output;
    if (const auto written = write_addon_zip(path); !written) {
        complain(written.error());
        return failed;
    }
    fmt::print(
        "{}\n  Next: in Blender, Edit > Preferences > Add-ons, \"Install from Disk\" "
        "(before 4.2: \"Install\"), and tick \"blender-mcpd\"\n",
        path);
    return 0;
}

void add_choice(CLI::App& action, AddonCommand& command) {
    auto* blender = action.add_option("--blender", command.blender,
                                      "Full path of the Blender that is meant (default: all that "
                                      "are found)");
    action
        .add_option("--version", command.version,
                    "Version of the Blender that is meant, for example 4.2; it need not be there")
        ->excludes(blender)
        ->type_name("X.Y");
}

}  // namespace

void add_addon(CLI::App& app, AddonCommand& command) {
    auto* addon = app.add_subcommand(
        "addon", "The add-on that lets clients work in a Blender that you have open");
    addon->require_subcommand(1);
    auto* install = addon->add_subcommand(
        "install", "Put it into your configuration of Blender, in place of an older one");
    add_choice(*install, command);
    install->add_flag("--enable", command.enable,
                      "Enable it as well: starts that Blender once, in the background");
    add_choice(*addon->add_subcommand("uninstall", "Take it away again"), command);
    add_choice(*addon->add_subcommand("path", "Print where it is, or would be"), command);
    addon->add_subcommand("build", "Write it as an archive, for \"Install from Disk\" in Blender")
        ->add_option("--output", command.output,
                     fmt::format("The archive (default: {}-{}.zip)", addon_id, version));
    addon->callback(
        [&command, addon] { command.action = addon->get_subcommands().front()->get_name(); });
}

int run_addon(const Config& config, const AddonCommand& command) {
    if (command.action == "install") return run_install(config, command);
    if (command.action == "uninstall") return run_uninstall(config, command);
    if (command.action == "path") return run_path(config, command);
    return run_build(command);
}

}  // namespace blender_mcpd::app
