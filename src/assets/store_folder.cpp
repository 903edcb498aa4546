#include "store_folder.hpp"

#include <blender_mcpd/core/own_folder.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::assets {

namespace fs = std::filesystem;

namespace {

constexpr auto gone_ending = ".gone";  // of folders in `partial` that are being removed

/// Others may have removed or renamed what was opened, before it was locked.
bool leads_to(const fs::path& folder, int file) {
    struct stat there {};
    struct stat own {};
    return ::lstat(folder.c_str(), &there) == 0 && ::fstat(file, &own) == 0 &&
           there.st_dev == own.st_dev && there.st_ino == own.st_ino;
}

std::uint64_t bytes_in(const fs::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; at != end; at.increment(error))
        if (at->is_regular_file(error)) bytes += at->file_size(error);
    return bytes;
}

/// It leaves its place first: who is killed in the middle leaves nothing there that looks whole.
void remove_if_unused(const fs::path& store, const fs::path& folder) {
    const int lock = lock_folder(folder, LOCK_EX);
    if (lock < 0) return;
    std::error_code error;
    auto gone = folder;
    if (folder.extension() != gone_ending) {
        gone = store / "partial" / (folder.filename().string() + gone_ending);
        fs::remove_all(gone, error);
        fs::rename(folder, gone, error);
    }
    if (!error) fs::remove_all(gone, error);
    ::close(lock);
}

}  // namespace

Lease::~Lease() {
    if (folder_ >= 0) ::close(folder_);
}

void Lease::share() const {
    (void)::flock(folder_, LOCK_SH | LOCK_NB);
}

core::Error refused(const fs::path& path, const char* what) {
    return {core::ErrorCode::internal,
            fmt::format("{} cannot be {}: {}", core::excerpt(path.string(), 300), what,
                        std::strerror(errno)),
            "Set assets.cache_folder to a folder of yours on a disk with room"};
}

core::Result<void> make_private(const fs::path& folder) {
    errno = core::make_own_folder(folder);
    if (errno != 0) return refused(folder, "made");
    struct stat about {};
    if (::lstat(folder.c_str(), &about) != 0) return refused(folder, "read");
    if (!S_ISDIR(about.st_mode) || about.st_uid != ::geteuid())
        return core::Error{core::ErrorCode::internal,
                           fmt::format("{} is no folder of yours", folder.string()),
                           "Remove it, or set assets.cache_folder to another one"};
    if ((about.st_mode & 077U) != 0 && ::chmod(folder.c_str(), 0700) != 0)
        return refused(folder, "made private");
    return {};
}

int lock_folder(const fs::path& folder, int how) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return -1;
    int why = ENOENT;
    if (::flock(file, how | LOCK_NB) != 0)
        why = errno;
    else if (leads_to(folder, file))
        return file;
    ::close(file);
    errno = why;
    return -1;
}

void flush_folder(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    (void)::fsync(file);
    ::close(file);
}

void evict(const fs::path& folder, std::uint64_t max_bytes) {
    struct Old {
        fs::path folder;
        fs::file_time_type used;
        std::uint64_t bytes;
    };
    std::vector<Old> all;
    std::uint64_t bytes = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / "ready", error)) {
        all.push_back({entry.path(), entry.last_write_time(error), bytes_in(entry.path())});
        bytes += all.back().bytes;
    }
    std::ranges::sort(all, {}, &Old::used);
    for (const auto& one : all) {
        if (bytes <= max_bytes) break;
        remove_if_unused(folder, one.folder);
        if (!fs::exists(one.folder, error)) bytes -= one.bytes;
    }
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 7);
    for (const auto& entry : fs::directory_iterator(folder / "partial", error))
        if (entry.path().extension() == gone_ending || entry.last_write_time(error) < long_ago)
            remove_if_unused(folder, entry.path());
}

}  // namespace blender_mcpd::assets
