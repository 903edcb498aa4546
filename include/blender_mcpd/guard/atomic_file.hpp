// Files that exist whole or not at all: written under another name in the same folder, flushed to
// the disk, then renamed.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

enum class Overwrite {
    no,   // fail when the file exists
    yes,  // replace it, and keep its permissions
};

/// A file in the making, for content that arrives in pieces (a download). Unless commit() succeeds,
/// its destruction leaves nothing behind. Of two that make the same file each is written whole; the
/// last commit (or, without overwriting, the first) wins. A symbolic link at the path is replaced,
/// not followed. Blocks on the disk. Any thread, one at a time.
///
/// Errors: not_found when the folder does not exist, invalid when the file exists and must not be
/// replaced, internal for whatever else the operating system refuses (no space, no permission).
class AtomicFile {
  public:
    [[nodiscard]] static core::Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    /// All of it. After an error the file cannot be committed.
    [[nodiscard]] core::Result<void> append(std::string_view bytes);
    /// Once. The error's outcome is `unknown` when the file is in its place, but may not survive a
    /// power failure.
    [[nodiscard]] core::Result<void> commit(Overwrite overwrite);

  private:
    AtomicFile(const std::filesystem::path& path, int folder);
    [[nodiscard]] core::Error failure(const char* what, int error) const;
    [[nodiscard]] int place(Overwrite overwrite) const;
    void keep_permissions() const;

    std::filesystem::path path_;
    std::string name_;            // in the folder
    std::string temporary_name_;  // empty when there is nothing to remove
    int folder_ = -1;
    int file_ = -1;
    bool failed_ = false;
};

/// Creates, writes and commits.
[[nodiscard]] core::Result<void> write_file(const std::filesystem::path& path,
                                            std::string_view bytes, Overwrite overwrite);

}  // namespace blender_mcpd::guard
