#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/atomic_file.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::guard {

AtomicFile::AtomicFile(const std::filesystem::path& path, int folder)
    : path_(path), name_(path.filename().native()), folder_(folder) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      temporary_name_(std::exchange(other.temporary_name_, {})),
      folder_(std::exchange(other.folder_, -1)),
      file_(std::exchange(other.file_, -1)),
      failed_(other.failed_) {}

AtomicFile::~AtomicFile() {
    if (!temporary_name_.empty()) ::unlinkat(folder_, temporary_name_.c_str(), 0);
    if (file_ >= 0) ::close(file_);
    if (folder_ >= 0) ::close(folder_);
}

core::Error AtomicFile::failure(const char* what, int error) const {
    const auto code = error == ENOENT   ? core::ErrorCode::not_found
                      : error == EEXIST ? core::ErrorCode::invalid
                                        : core::ErrorCode::internal;
    const std::string remedy = error == EEXIST   ? "Ask to overwrite it, or choose another name"
                               : error == ENOENT ? "Make the folder first, or choose another one"
                               : error == ENOSPC ? "Make room on the disk"
                                                 : "";
    return {code,
            fmt::format("cannot {} \"{}\": {}", what, core::excerpt(path_.native(), 200),
                        std::generic_category().message(error)),
            remedy,
            core::Outcome::not_applied,
            {}};
}

core::Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    const auto parent = path.parent_path();
    AtomicFile made(
        path, ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (made.folder_ < 0) return made.failure("open the folder of", errno);
    if (made.name_.empty() || made.name_ == "." || made.name_ == "..")
        return made.failure("write", EISDIR);

    // The name is random and the file must be new: nobody can lay a link in our way, and no two
    // writers share one. The umask decides about its permissions, as for any file.
    auto temporary = ".blender-mcpd-" + core::random_hex(8) + ".part";
    made.file_ = ::openat(made.folder_, temporary.c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (made.file_ < 0) return made.failure("create", errno);
    made.temporary_name_ = std::move(temporary);
    return made;
}

core::Result<void> AtomicFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            failed_ = true;
            return failure("write", errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// errno of giving it its name, or 0.
int AtomicFile::place(Overwrite overwrite) const {
    const auto* from = temporary_name_.c_str();
    const auto* to = name_.c_str();
    if (overwrite == Overwrite::yes) return ::renameat(folder_, from, folder_, to) == 0 ? 0 : errno;
    if (::renameat2(folder_, from, folder_, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    // Some file systems cannot rename so; a hard link never replaces either.
    if (::linkat(folder_, from, folder_, to, 0) != 0) return errno;
    ::unlinkat(folder_, from, 0);
    return 0;
}

void AtomicFile::keep_permissions() const {
    struct stat old {};
    constexpr mode_t permissions = 0777;
    if (::fstatat(folder_, name_.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(old.st_mode))
        ::fchmod(file_, old.st_mode & permissions);
}

core::Result<void> AtomicFile::commit(Overwrite overwrite) {
    if (failed_ || temporary_name_.empty()) return failure("write", EIO);
    if (overwrite == Overwrite::yes) keep_permissions();
    if (::fsync(file_) != 0) return failure("write", errno);
    if (const auto error = place(overwrite); error != 0) return failure("create", error);
    temporary_name_.clear();

    // Without this, the name may be lost in a power failure. Not every file system can (EINVAL).
    if (::fsync(folder_) == 0 || errno == EINVAL) return {};
    auto error = failure("secure", errno);
    error.outcome = core::Outcome::unknown;
    return error;
}

core::Result<void> write_file(const std::filesystem::path& path, std::string_view bytes,
                              Overwrite overwrite) {
    auto file = AtomicFile::create(path);
    if (!file) return file.error();
    if (auto written = file->append(bytes); !written) return written;
    return file->commit(overwrite);
}

}  // namespace blender_mcpd::guard
