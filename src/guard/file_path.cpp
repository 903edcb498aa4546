#include "unicode.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/file_path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace blender_mcpd::guard {
namespace {

namespace fs = std::filesystem;

core::Error failure(core::ErrorCode code, std::string message, std::string remedy = {}) {
    return {code, std::move(message), std::move(remedy), core::Outcome::not_applied, {}};
}

std::string show(std::string_view path) {
    return '"' + core::excerpt(path, 200) + '"';
}

/// The folders in which files may lie, resolved like the file itself.
std::vector<fs::path> allowed_folders(const fs::path& project, std::span<const fs::path> roots) {
    std::vector<fs::path> folders;
    const auto add = [&](const fs::path& folder) {
        std::error_code error;
        auto resolved = fs::weakly_canonical(folder, error);
        if (!error && folder.is_absolute()) folders.push_back(std::move(resolved));
    };
    add(project);
    for (const auto& root : roots)
        add(root);
    return folders;
}

std::string list(const std::vector<fs::path>& folders) {
    constexpr std::size_t most = 8;
    std::string out;
    for (std::size_t i = 0; i < std::min(folders.size(), most); ++i)
        out += (i == 0 ? "" : ", ") + show(folders[i].native());
    return folders.size() > most ? out + ", …" : out;
}

/// Component by component, so that /home/ab is not inside /home/a.
bool is_inside(const fs::path& file, const fs::path& folder) {
    auto part = file.begin();
    for (const auto& wanted : folder) {
        if (wanted.empty()) break;  // a trailing slash
        if (part == file.end() || *part != wanted) return false;
        ++part;
    }
    return part != file.end();
}

/// weakly_canonical leaves a link alone that leads nowhere; writing there would follow it.
bool holds_link(const fs::path& resolved) {
    fs::path front;
    for (const auto& part : resolved) {
        front /= part;
        std::error_code error;
        if (fs::is_symlink(fs::symlink_status(front, error))) return true;
    }
    return false;
}

core::Result<fs::path> absolute(std::string_view path, const fs::path& project) {
    const bool blender_relative = path.starts_with("//");
    if (!blender_relative && path.starts_with('/')) return fs::path(path);
    if (project.empty())
        return failure(
            core::ErrorCode::invalid,
            show(path) + " is relative to the .blend file, which has not been saved yet",
            "Save the file first (manage_file, action save_as), or give an absolute path");
    // Without its slashes: an absolute path would replace the folder that it is appended to.
    return project / path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

core::Result<void> check_kind(const fs::path& file, std::string_view path, Intent intent) {
    std::error_code error;
    const auto status = fs::status(file, error);
    if (fs::is_regular_file(status)) return {};
    if (fs::exists(status) || status.type() == fs::file_type::none)
        return failure(core::ErrorCode::invalid,
                       show(path) + (error ? ": " + error.message() : " is not a regular file"),
                       "Give the path of a file");
    if (intent == Intent::read)
        return failure(core::ErrorCode::not_found, "there is no file " + show(path),
                       "Check the spelling; upper and lower case matter");
    if (fs::is_directory(file.parent_path(), error)) return {};
    return failure(core::ErrorCode::not_found,
                   "the folder " + show(file.parent_path().native()) + " does not exist",
                   "Make it first, or choose another one");
}

}  // namespace

core::Result<void> check_path_text(std::string_view path) {
    const auto broken = [](std::string rule) {
        return failure(core::ErrorCode::invalid, std::move(rule));
    };
    if (path.empty()) return broken("must not be empty");
    if (path.size() > longest_path)
        return broken(fmt::format("must have at most {} bytes", longest_path));
    const auto codes = decode_utf8(path);
    if (!codes) return broken("must be valid UTF-8");
    if (std::any_of(codes->begin(), codes->end(), is_control))
        return broken("must not hold control characters");
    for (auto rest = path; !rest.empty();) {
        const auto size = std::min(rest.find('/'), rest.size());
        if (size > longest_path_component)
            return broken(
                fmt::format("must not hold a name of more than {} bytes", longest_path_component));
        rest.remove_prefix(std::min(size + 1, rest.size()));
    }
    return {};
}

core::Result<fs::path> resolve_in_roots(std::string_view path, const fs::path& project_directory,
                                        std::span<const fs::path> roots, Intent intent) {
    if (const auto valid = check_path_text(path); !valid)
        return failure(core::ErrorCode::invalid,
                       "the path " + show(path) + " " + valid.error().message);
    const auto wanted = absolute(path, project_directory);
    if (!wanted) return wanted.error();

    std::error_code error;
    auto file = fs::weakly_canonical(*wanted, error);
    if (error) return failure(core::ErrorCode::invalid, show(path) + ": " + error.message());
    const auto folders = allowed_folders(project_directory, roots);
    const bool inside = std::any_of(folders.begin(), folders.end(), [&](const fs::path& folder) {
        return is_inside(file, folder);
    });
    if (!inside || holds_link(file))
        return failure(
            core::ErrorCode::invalid, show(path) + " is not inside a folder that is allowed",
            folders.empty()
                ? "No folder is allowed: save the .blend file first, or add to "
                  "files.roots in the configuration"
                : "Allowed: " + list(folders) +
                      ". Choose a path there, or add to files.roots in the configuration");
    if (const auto fits = check_kind(file, path, intent); !fits) return fits.error();
    return file;
}

}  // namespace blender_mcpd::guard
