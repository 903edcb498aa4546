// Where the files of an animation go.
#pragma once

#include "working_folder.hpp"

#include <blender_mcpd/core/error.hpp>

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

/// What a render that did not come to its end leaves, as its working folder tells: a sentence.
[[nodiscard]] std::string describe_rest(const WorkingFolder& folder, const RenderOutput& output);

}  // namespace blender_mcpd::tools
