#include "render_output.hpp"

#include <blender_mcpd/guard/file_path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <system_error>
#include <utility>

namespace blender_mcpd::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::array video_extensions{".mp4", ".mkv", ".webm"};
// What somebody may well want, and would get as frames of a strange name.
constexpr std::array other_extensions{".avi", ".mov", ".gif",  ".ogv",  ".ogg", ".m4v",  ".mpg",
                                      ".flv", ".jpg", ".jpeg", ".exr",  ".tif", ".tiff", ".bmp",
                                      ".tga", ".hdr", ".webp", ".mpeg", ".wmv"};
constexpr auto frame_number = "####";  // as Blender numbers frames

core::Error failure(core::ErrorCode code, std::string message, std::string remedy) {
    return {
        code, "output: " + std::move(message), std::move(remedy), core::Outcome::not_applied, {}};
}

template <std::size_t size>
bool contains(const std::array<const char*, size>& extensions, const std::string& one) {
    return std::any_of(extensions.begin(), extensions.end(),
                       [&](const char* extension) { return one == extension; });
}

std::string lower_extension(const fs::path& file) {
    auto extension = file.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

/// "walk" and "walk.png" become "walk####.png".
std::string numbered(const fs::path& name) {
    const bool png = lower_extension(name) == ".png";
    auto stem = png ? name.stem().string() : name.string();
    if (stem.find('#') == std::string::npos) stem += frame_number;
    return stem + ".png";
}

core::Result<fs::path> resolve(std::string_view path, const fs::path& project,
                               std::span<const fs::path> roots) {
    auto file = guard::resolve_in_roots(path, project, roots, guard::Intent::write);
    if (file) return file;
    auto error = file.error();
    error.message = "output: " + error.message;
    return error;
}

/// "x/", or a folder that is there.
core::Result<RenderOutput> frames_in_folder(std::string_view folder, const fs::path& project,
                                            std::span<const fs::path> roots) {
    const auto inside = std::string(folder) + "/" + frame_number + ".png";
    auto file = resolve(inside, project, roots);
    if (file) return RenderOutput{file->string()};
    if (file.error().code != core::ErrorCode::not_found) return file.error();
    const auto wanted = resolve(folder, project, roots);  // its parent must be there
    if (!wanted) return wanted.error();
    std::error_code error;
    fs::create_directory(*wanted, error);
    if (error)
        return failure(core::ErrorCode::unavailable,
                       "cannot make the folder " + wanted->string() + ": " + error.message(),
                       "Choose a folder that you may write to.");
    file = resolve(inside, project, roots);
    if (!file) return file.error();
    return RenderOutput{file->string()};
}

}  // namespace

core::Result<RenderOutput> resolve_render_output(std::string_view output, const fs::path& project,
                                                 std::span<const fs::path> roots) {
    if (output.ends_with('/')) {
        while (output.ends_with('/'))
            output.remove_suffix(1);
        if (output.empty())
            return failure(core::ErrorCode::invalid, "/ is no folder for frames",
                           "Give a folder of the allowed ones, such as \"//frames/\".");
        return frames_in_folder(output, project, roots);
    }
    const fs::path wanted{output};
    const auto extension = lower_extension(wanted);
    if (contains(other_extensions, extension))
        return failure(core::ErrorCode::invalid, "\"" + extension + "\" is not among the formats",
                       "Videos end in .mp4, .mkv or .webm. Frames are PNG: end in .png, or in / "
                       "for a folder.");
    if (contains(video_extensions, extension)) {
        const auto file = resolve(output, project, roots);
        if (!file) return file.error();
        return RenderOutput{file->string(), true};
    }
    const auto file = resolve(output, project, roots);
    if (!file) {
        // A folder without its slash.
        const bool folder = file.error().message.ends_with("is not a regular file");
        return folder ? frames_in_folder(output, project, roots) : file.error();
    }
    return RenderOutput{(file->parent_path() / numbered(file->filename())).string()};
}

std::string describe_rest(const WorkingFolder& folder, const RenderOutput& output) {
    // One line a frame; written by the runtime (render_output.py).
    std::ifstream frames(folder.path() / "frames");
    std::string first;
    std::string last;
    std::size_t count = 0;
    for (std::string line; std::getline(frames, line); ++count) {
        if (count == 0) first = line;
        last = std::move(line);
    }
    if (count == 0) return "No frame was done.";
    const auto done = count == 1
                          ? fmt::format("Frame {} was done", first)
                          : fmt::format("{} frames were done ({} to {})", count, first, last);
    if (output.video) return done + "; a video that is not whole is not kept.";
    return fmt::format("{} and {}, as {}.", done, count == 1 ? "stays" : "stay", output.path);
}

}  // namespace blender_mcpd::tools
