// Where the files of an animation go.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace blender_mcpd::tools {

/// A video, or one picture a frame.
struct RenderOutput {
    std::string path;  // absolute; of frames, ends in .png and has # in its name
    bool video = false;
};

/// What `output` means: x.mp4, x.mkv and x.webm are videos; x_##.png, x_ and x/ are frames
/// (x_01.png, x_0001.png, x/0001.png). A folder that does not exist is made when its parent does.
/// The rules of guard::resolve_in_roots hold. Asks the file system. Errors: invalid, not_found,
/// unavailable (a folder that cannot be made).
[[nodiscard]] core::Result<RenderOutput> resolve_render_output(
    std::string_view output, const std::filesystem::path& project_directory,
    std::span<const std::filesystem::path> roots);

/// A hidden folder beside the output, in which Blender works: files get their names when they are
/// whole, by a rename. Removed with all in it when destroyed, which must be after the Blender that
/// uses it has ended. Blocks for as long as the file system does.
class WorkingFolder {
  public:
    /// Errors: unavailable, when nothing can be written there.
    [[nodiscard]] static core::Result<WorkingFolder> create_beside(const RenderOutput& output);
    ~WorkingFolder();
    WorkingFolder(WorkingFolder&& other) noexcept;
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;
    WorkingFolder& operator=(WorkingFolder&&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// What a render that did not come to its end leaves: a sentence.
    [[nodiscard]] std::string describe_rest(const RenderOutput& output) const;

  private:
    explicit WorkingFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace blender_mcpd::tools
