#include "private_folder.hpp"

#include <blender_mcpd/core/own_folder.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "blender-mcpd-";
constexpr std::string_view lock_name = "lock";

bool ours(const fs::path& folder) {
    struct stat info {};
    return lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
}

void remove_if_abandoned(const fs::path& folder) {
    const int lock = open((folder / lock_name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0) return;  // being made, or none of ours
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        spdlog::info("removed {}, left behind by an earlier run", folder.string());
    }
    close(lock);
}

std::vector<fs::path> folders_of_ours(const fs::path& parent) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
        if (entry.path().filename().string().starts_with(prefix) && ours(entry.path()))
            found.push_back(entry.path());
    }
    return found;
}

bool holds_a_blend(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".blend") return true;
    return false;
}

}  // namespace

core::Result<std::shared_ptr<PrivateFolder>> PrivateFolder::create() {
    const char* configured = std::getenv("TMPDIR");
    const fs::path parent = configured != nullptr && *configured == '/' ? configured : "/tmp";
    for (const auto& folder : folders_of_ours(parent))
        remove_if_abandoned(folder);
    return make(parent, "Free some space there or set TMPDIR to another folder.");
}

core::Result<std::shared_ptr<PrivateFolder>> PrivateFolder::create_in(const fs::path& parent,
                                                                      std::size_t kept) {
    if (const int error = core::make_own_folder(parent))
        return core::Error{
            core::ErrorCode::unavailable,
            "cannot make the folder " + parent.string() + ": " + std::strerror(error),
            "See its permissions, and the room on its disk."};
    auto folders = folders_of_ours(parent);
    std::ranges::sort(folders, std::greater(), [](const fs::path& folder) {
        std::error_code none;
        return fs::last_write_time(folder, none);
    });
    for (const auto& folder : folders) {
        if (kept > 0 && holds_a_blend(folder))
            --kept;
        else
            remove_if_abandoned(folder);
    }
    return make(parent, "See its permissions, and the room on its disk.");
}

core::Result<std::shared_ptr<PrivateFolder>> PrivateFolder::make(const fs::path& parent,
                                                                 std::string_view remedy) {
    const auto failed = [&](const char* what) {
        return core::Error{
            core::ErrorCode::unavailable,
            std::string(what) + " in " + parent.string() + ": " + std::strerror(errno),
            std::string(remedy)};
    };
    std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
    if (mkdtemp(name.data()) == nullptr) return failed("cannot make a temporary folder");
    // It gets its name when it is locked: a daemon that tidies up meanwhile would take the folder
    // for abandoned.
    const auto unnamed = fs::path(name) / "lock.new";
    const int lock = open(unnamed.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0 ||
        rename(unnamed.c_str(), (fs::path(name) / lock_name).c_str()) != 0)
        return failed("cannot make a lock file");
    return std::shared_ptr<PrivateFolder>(new PrivateFolder(name, lock));
}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    close(lock_);
}

}  // namespace blender_mcpd::blender
