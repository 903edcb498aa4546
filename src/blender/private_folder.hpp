// A temporary folder of our own (0700), removed with everything in it.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <memory>

namespace blender_mcpd::blender {

class PrivateFolder {
  public:
    /// Under $TMPDIR or /tmp. Folders that a daemon left behind when it was killed are removed on
    /// the way: each holds a lock file that its owner keeps locked while it lives.
    [[nodiscard]] static core::Result<std::shared_ptr<PrivateFolder>> create();

    ~PrivateFolder();
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    PrivateFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
    std::filesystem::path path_;
    int lock_;
};

}  // namespace blender_mcpd::blender
