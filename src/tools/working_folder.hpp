// Where files are made that others may see only when they are whole.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <filesystem>
#include <string_view>

namespace blender_mcpd::tools {

/// A hidden folder beside a file that is to be, in which Blender works: files get their names when
/// they are whole, by a rename. Removed with all in it when destroyed, which must be after the
/// Blender that uses it has ended. Blocks for as long as the file system does.
class WorkingFolder {
  public:
    /// ".blender-mcpd-render-…" for the purpose "render". The message of an error begins with the
    /// name of the argument that the file came from. Errors: unavailable, when nothing can be
    /// written there.
    [[nodiscard]] static core::Result<WorkingFolder> create_beside(
        const std::filesystem::path& file, std::string_view purpose, std::string_view argument);
    ~WorkingFolder();
    WorkingFolder(WorkingFolder&& other) noexcept;
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;
    WorkingFolder& operator=(WorkingFolder&&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    explicit WorkingFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace blender_mcpd::tools
