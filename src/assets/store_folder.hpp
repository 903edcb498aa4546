// Folders of the store: the user's alone, locked while somebody uses them, removed when nobody
// does.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstdint>
#include <filesystem>

namespace blender_mcpd::assets {

/// Keeps a folder from being removed while it lives.
class Lease {
  public:
    explicit Lease(int folder) : folder_(folder) {}
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    /// From now on others may hold one as well.
    void share() const;

  private:
    const int folder_;  // holds the lock
};

/// What the disk refuses, by errno.
[[nodiscard]] core::Error refused(const std::filesystem::path& path, const char* what);

/// Makes it when it is not there. Error: internal, also when it is not the user's.
[[nodiscard]] core::Result<void> make_private(const std::filesystem::path& folder);

/// A descriptor that holds the lock, shared (LOCK_SH) or not (LOCK_EX), as long as it is open; -1
/// with errno when the folder is not there or locked by others. See flock(2).
[[nodiscard]] int lock_folder(const std::filesystem::path& folder, int how);

/// What was made and named in it survives a power cut.
void flush_folder(const std::filesystem::path& folder);

/// Removes what nobody uses until there are no more than so many bytes in `ready`, and partial
/// files that nobody went on with for a week. Blocks.
void evict(const std::filesystem::path& folder, std::uint64_t max_bytes);

}  // namespace blender_mcpd::assets
