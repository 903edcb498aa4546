#include "audit_file.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

core::Error problem(const fs::path& path, std::string_view what,
                    std::string remedy =
                        "Set audit.path to a file of your own in a folder that "
                        "only you may write") {
    return {core::ErrorCode::invalid, fmt::format("the audit log {} {}", path.string(), what),
            std::move(remedy)};
}

core::Error failed(const fs::path& path, std::string_view what, int code) {
    return problem(path, fmt::format("{}: {}", what, std::strerror(code)),
                   code == ENOSPC || code == EDQUOT ? "Make room on that disk"
                                                    : "Look at that file and its folder");
}

/// The first link on the way that somebody else could turn elsewhere.
std::optional<fs::path> foreign_link(const fs::path& folder) {
    fs::path way;
    for (const auto& part : folder) {
        way /= part;
        struct stat about {};
        if (::lstat(way.c_str(), &about) != 0 || !S_ISLNK(about.st_mode)) continue;
        if (about.st_uid != 0 && about.st_uid != ::geteuid()) return way;
    }
    return {};
}

/// What was begun by a process that was killed in the middle of a line is a line of its own.
void end_last_line(int descriptor) {
    struct stat about {};
    char last = '\n';
    if (::fstat(descriptor, &about) != 0 || about.st_size == 0) return;
    if (::pread(descriptor, &last, 1, about.st_size - 1) == 1 && last != '\n')
        (void)!::write(descriptor, "\n", 1);
}

/// Zero, or what went wrong.
int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

std::uint64_t size_of(int descriptor) {
    struct stat about {};
    return ::fstat(descriptor, &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

}  // namespace

AuditFile::~AuditFile() {
    close();
}

void AuditFile::close() {
    if (descriptor_ >= 0) ::close(descriptor_);  // which gives the lock back
    descriptor_ = -1;
}

core::Result<void> AuditFile::open(const AuditOptions& options) {
    close();
    options_ = options;
    told_of_rotation_ = false;
    if (options_.path.empty()) return {};
    return open_file();
}

core::Result<void> AuditFile::open_file() {
    const auto& path = options_.path;
    if (const auto link = foreign_link(path.parent_path()))
        return problem(
            path, fmt::format("is behind a symbolic link of somebody else's, {}", link->string()));
    // Without O_NONBLOCK, opening a FIFO that nobody reads would wait for ever.
    descriptor_ =
        ::open(path.c_str(),
               O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW, 0600);
    if (descriptor_ < 0 && errno == ELOOP) return problem(path, "is a symbolic link");
    if (descriptor_ < 0) return failed(path, "cannot be opened", errno);
    struct stat about {};
    const bool known = ::fstat(descriptor_, &about) == 0;
    std::string_view wrong;
    if (!known || !S_ISREG(about.st_mode))
        wrong = "is no regular file";
    else if (about.st_uid != ::geteuid())
        wrong = "belongs to somebody else";
    else if (about.st_nlink > 1)
        wrong = "has another name, by a hard link";
    else if ((about.st_mode & 077U) != 0 && ::fchmod(descriptor_, 0600) != 0)
        wrong = "can be read by others";
    if (!wrong.empty()) {
        close();
        return problem(path, wrong);
    }
    return {};
}

bool AuditFile::was_moved() const {
    struct stat ours {};
    struct stat there {};
    return ::fstat(descriptor_, &ours) != 0 || ::lstat(options_.path.c_str(), &there) != 0 ||
           ours.st_dev != there.st_dev || ours.st_ino != there.st_ino;
}

core::Result<void> AuditFile::lock_current() {
    // Somebody may rotate while we wait for the lock, and again.
    constexpr int most_attempts = 10;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        if (descriptor_ < 0)
            if (auto opened = open_file(); !opened) return opened;
        if (::flock(descriptor_, LOCK_EX) != 0 && errno != EINTR)
            return failed(options_.path, "cannot be locked", errno);
        if (!was_moved()) return {};
        close();
    }
    return problem(options_.path, "is moved away again and again", "Look who does it");
}

core::Result<void> AuditFile::append(std::string_view line) {
    if (auto locked = lock_current(); !locked) return locked;
    auto size = size_of(descriptor_);
    if (options_.max_bytes > 0 && size > 0 && size + line.size() > options_.max_bytes) {
        rotate();
        if (auto locked = lock_current(); !locked) return locked;
    }
    end_last_line(descriptor_);
    size = size_of(descriptor_);
    const int error = write_all(descriptor_, line);
    // A part of a line would spoil the next one.
    if (error != 0) (void)!::ftruncate(descriptor_, static_cast<off_t>(size));
    ::flock(descriptor_, LOCK_UN);
    if (error != 0) return failed(options_.path, "cannot be written", error);
    return {};
}

// Whatever fails here, the line is written: too long a file is better than a gap.
void AuditFile::rotate() {
    const auto old = [&](std::size_t number) {
        return fs::path(fmt::format("{}.{}", options_.path.string(), number));
    };
    std::error_code error;
    for (auto number = options_.keep - 1; number >= 1; --number)
        fs::rename(old(number), old(number + 1), error);  // it need not exist
    fs::rename(options_.path, old(1), error);
    if (error && !std::exchange(told_of_rotation_, true))
        spdlog::warn("the audit log {} cannot be rotated, and grows: {}", options_.path.string(),
                     error.message());
}

}  // namespace blender_mcpd::app
