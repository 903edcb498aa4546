#include "addon_place.hpp"

#include "addon_package.hpp"
#include "state_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

using blender::Release;

namespace {

fs::path folder_of(const Environment& environment, const char* variable) {
    const auto found = environment.find(variable);
    return found == environment.end() ? fs::path() : fs::path(found->second);
}

bool has_addon(Release release) {
    return !(release < first_with_addon);
}

bool has_extensions(Release release) {
    return !(release < first_with_extensions);
}

/// Empty without a home.
fs::path configurations(const Environment& environment) {
    if (const auto folder = folder_of(environment, "XDG_CONFIG_HOME"); !folder.empty())
        return folder / "blender";
    if (const auto home = folder_of(environment, "HOME"); !home.empty())
        return home / ".config/blender";
    return {};
}

/// Beside the program; empty unless its installation is a portable one.
fs::path portable(Release release, const fs::path& program) {
    std::error_code error;
    const auto beside = fs::canonical(program, error).parent_path();
    if (error) return {};
    if (has_extensions(release))
        return fs::is_directory(beside / "portable", error) ? beside / "portable" : fs::path();
    const auto own = beside / blender::to_string(release);
    return fs::is_directory(own / "config", error) ? own : fs::path();
}

bool is_own(const fs::path& folder) {
    struct stat info {};
    return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
           info.st_uid == ::geteuid();
}

/// Of "<pid>-<session>.json".
std::optional<pid_t> process_of(const fs::path& descriptor) {
    const auto name = descriptor.filename().string();
    pid_t process = 0;
    const auto* const end = name.data() + name.size();
    const auto [stopped, error] = std::from_chars(name.data(), end, process);
    if (error != std::errc{} || process <= 0 || stopped == end || *stopped != '-' ||
        descriptor.extension() != ".json")
        return {};
    return process;
}

}  // namespace

core::Result<fs::path> addon_place(Release release, const fs::path& program,
                                   const Environment& environment) {
    if (!has_addon(release))
        return core::Error{
            core::ErrorCode::invalid,
            fmt::format("Blender {} is too old for the add-on", blender::to_string(release)),
            fmt::format("It needs {} or newer.", blender::to_string(first_with_addon))};
    const bool is_extension = has_extensions(release);
    const auto inner = fs::path(is_extension ? "user_default" : "addons") / addon_id;
    if (const auto folder = folder_of(
            environment, is_extension ? "BLENDER_USER_EXTENSIONS" : "BLENDER_USER_SCRIPTS");
        !folder.empty())
        return folder / inner;
    auto base = folder_of(environment, "BLENDER_USER_RESOURCES");
    if (base.empty()) base = portable(release, program);
    if (base.empty()) {
        base = configurations(environment);
        if (base.empty())
            return core::Error{core::ErrorCode::unavailable,
                               "there is no home folder: HOME is not set", "Set HOME."};
        base /= blender::to_string(release);
    }
    return base / (is_extension ? "extensions" : "scripts") / inner;
}

std::string addon_module(Release release) {
    const std::string id(addon_id);
    return has_extensions(release) ? "bl_ext.user_default." + id : id;
}

std::vector<Release> configured_releases(const Environment& environment) {
    std::vector<Release> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(configurations(environment), error)) {
        const auto release = blender::release_in(entry.path().filename().string());
        if (release && has_addon(*release) && entry.is_directory(error)) found.push_back(*release);
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::size_t remove_left_descriptors(const Environment& environment) {
    const auto folder = descriptor_folder(environment);
    if (!is_own(folder) || !is_own(folder.parent_path())) return 0;
    std::size_t removed = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto process = process_of(entry.path());
        if (process && ::kill(*process, 0) != 0 && errno == ESRCH)
            removed += fs::remove(entry.path(), error) ? 1 : 0;
    }
    return removed;
}

}  // namespace blender_mcpd::app
