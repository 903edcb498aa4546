#include "addon_folder.hpp"

#include "addon_package.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

struct Content {
    std::string version;
    std::set<std::string> files;  // relative
};

core::Error refusal(const char* what, const fs::path& path, const std::error_code& error) {
    return {core::ErrorCode::internal,
            fmt::format("cannot {} {}: {}", what, path.string(), error.message()),
            "See the permissions of its folder, and the room on its disk."};
}

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_below(const fs::path& path) {
    const auto normal = path.lexically_normal();
    return !normal.empty() && normal.is_relative() && *normal.begin() != "..";
}

/// What the list in the folder says; nullopt when that is none of ours.
std::optional<Content> read_list(const fs::path& folder) {
    const auto json = core::parse_json(read_text(folder / addon_list));
    if (!json || !json->is_object() || json->value("addon", core::Json()) != "blender-mcpd")
        return {};
    const auto version = json->find("version");
    const auto files = json->find("files");
    if (version == json->end() || !version->is_string() || files == json->end() ||
        !files->is_array())
        return {};
    Content content{version->get<std::string>(), {}};
    for (const auto& file : *files) {
        if (!file.is_string() || !is_below(file.get<std::string>())) return {};
        content.files.insert(file.get<std::string>());
    }
    return content;
}

/// Nullopt when nothing is there.
core::Result<std::optional<Content>> look(const fs::path& folder) {
    std::error_code error;
    const auto status = fs::symlink_status(folder, error);
    if (status.type() == fs::file_type::not_found) return std::optional<Content>();
    if (error) return refusal("look at", folder, error);
    auto content = fs::is_directory(status) ? read_list(folder) : std::nullopt;
    if (!content)
        return core::Error{core::ErrorCode::invalid,
                           fmt::format("{} is there already, and is not what this command has "
                                       "written; it is left alone",
                                       folder.string()),
                           "Look what it is, and move it away."};
    return content;
}

/// Files in the folder that are not in the list, nor compiled by Python; relative, sorted.
std::vector<std::string> others_files(const fs::path& folder, const Content& content) {
    std::vector<std::string> found;
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(folder, error);
         entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->is_directory(error) && !entry->is_symlink(error)) {
            if (entry->path().filename() == "__pycache__") entry.disable_recursion_pending();
            continue;
        }
        auto name = entry->path().lexically_relative(folder).generic_string();
        if (!content.files.contains(name)) found.push_back(std::move(name));
    }
    std::ranges::sort(found);
    return found;
}

/// A folder beside another one, removed with what is in it unless it has got its name.
class Staging {
  public:
    explicit Staging(const fs::path& target)
        : path_(target.parent_path() /
                fmt::format(".{}-{}", target.filename().string(), core::random_hex(6))) {}
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

core::Result<void> write_all(const fs::path& folder, const std::vector<AddonFile>& files) {
    for (const auto& file : files) {
        const auto path = folder / file.path;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error) return refusal("make", path.parent_path(), error);
        errno = 0;
        std::ofstream out(path, std::ios::binary);
        out << file.text;
        if (!out.flush())
            return refusal("write", path, {errno != 0 ? errno : EIO, std::generic_category()});
    }
    return {};
}

bool is_there(const fs::path& folder, const std::vector<AddonFile>& files) {
    return std::ranges::all_of(
        files, [&](const auto& file) { return read_text(folder / file.path) == file.text; });
}

/// Of two folders; at no moment is there none.
std::error_code exchange(const fs::path& one, const fs::path& other) {
    if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0)
        return {};
    if (errno != EINVAL && errno != ENOSYS) return {errno, std::generic_category()};
    // Some file systems cannot: then it is missing for a moment.
    const auto aside = fs::path(one.string() + ".old");
    std::error_code error;
    fs::rename(other, aside, error);
    if (error) return error;
    fs::rename(one, other, error);
    std::error_code ignored;
    fs::rename(aside, error ? other : one, ignored);
    return error;
}

}  // namespace

core::Result<AddonChange> install_addon(const fs::path& folder) {
    const auto before = look(folder);
    if (!before) return before.error();
    const auto files = addon_package();
    if (*before) {
        if (const auto others = others_files(folder, **before); !others.empty())
            return core::Error{
                core::ErrorCode::invalid,
                fmt::format("{} has files that this command has not written: {}", folder.string(),
                            core::excerpt(fmt::to_string(fmt::join(others, ", ")), 300)),
                "Move them away."};
        if (is_there(folder, files)) return AddonChange::unchanged;
    }
    std::error_code error;
    fs::create_directories(folder.parent_path(), error);
    if (error) return refusal("make", folder.parent_path(), error);
    const Staging staging(folder);
    if (const auto written = write_all(staging.path(), files); !written) return written.error();
    if (*before)
        error = exchange(staging.path(), folder);
    else
        fs::rename(staging.path(), folder, error);
    if (error) return refusal("put in its place", folder, error);
    return *before ? AddonChange::replaced : AddonChange::made;
}

core::Result<AddonRemoval> uninstall_addon(const fs::path& folder) {
    const auto content = look(folder);
    if (!content) return content.error();
    if (!*content) return AddonRemoval{};
    AddonRemoval removal{true, others_files(folder, **content)};
    std::error_code error;
    if (removal.left.empty()) {
        const Staging aside(folder);  // gone at once for Blender, then file by file
        fs::rename(folder, aside.path(), error);
        if (error) return refusal("remove", folder, error);
        return removal;
    }
    std::set<fs::path, std::greater<>> folders;  // the deepest first
    for (const auto& file : (*content)->files) {
        const auto path = folder / file;
        fs::remove(path, error);
        if (error) return refusal("remove", path, error);
        folders.insert(path.parent_path());
    }
    for (const auto& each : folders) {
        fs::remove_all(each / "__pycache__", error);
        fs::remove(each, error);  // stays when there is something else in it
    }
    return removal;
}

std::string installed_addon(const fs::path& folder) {
    const auto content = look(folder);
    return content && *content ? (*content)->version : std::string();
}

}  // namespace blender_mcpd::app
