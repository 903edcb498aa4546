// A temporary folder of our own (0700), removed with everything in it.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

namespace blender_mcpd::blender {

class PrivateFolder {
  public:
    /// Under $TMPDIR or /tmp. Folders that a daemon left behind when it was killed are removed on
    /// the way: each holds a lock file that its owner keeps locked while it lives.
    [[nodiscard]] static core::Result<std::shared_ptr<PrivateFolder>> create();

    /// In `parent`, which is made (0700) when it is not there. Of what other daemons left behind
    /// there the newest `kept` folders with a .blend in them stay.
    [[nodiscard]] static core::Result<std::shared_ptr<PrivateFolder>> create_in(
        const std::filesystem::path& parent, std::size_t kept);

    ~PrivateFolder();
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    [[nodiscard]] static core::Result<std::shared_ptr<PrivateFolder>> make(
        const std::filesystem::path& parent, std::string_view remedy);
    PrivateFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
    std::filesystem::path path_;
    int lock_;
};

}  // namespace blender_mcpd::blender
