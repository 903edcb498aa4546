// The Blenders of this machine, and programs of theirs that are run once.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::blender {

/// What names the folders of a user's configuration: 4.2 of 4.2.1.
struct Release {
    int major = 0;
    int minor = 0;
    bool operator==(const Release&) const = default;
    bool operator<(const Release& other) const {
        return major != other.major ? major < other.major : minor < other.minor;
    }
};
/// "4.2".
[[nodiscard]] std::string to_string(Release release);
/// Of "4.2" or "4.2.1"; nothing else may follow.
[[nodiscard]] std::optional<Release> release_in(std::string_view text);

/// All that are found: the configured one, those in PATH, those in the usual places; each once,
/// whatever links lead to it. `configured` may be empty.
[[nodiscard]] std::vector<std::filesystem::path> installed_blenders(const std::string& configured);

/// Runs `program --version`. Blocks, for 30 s at most. ErrorCode::unavailable when it is not there,
/// is no Blender, or does not answer.
[[nodiscard]] core::Result<Release> ask_release(const std::filesystem::path& program);

/// What it printed on both of its outputs (the last 16 KiB) when it ended with 0. Blocks. It gets
/// this process' environment, no input, and ends with this process. ErrorCode::unavailable with
/// what it printed when it cannot be run, ended otherwise, or took too long, and was ended then.
[[nodiscard]] core::Result<std::string> run_program(std::vector<std::string> arguments,
                                                    std::chrono::milliseconds limit);

}  // namespace blender_mcpd::blender
