#include "working_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace blender_mcpd::tools {

core::Result<WorkingFolder> WorkingFolder::create_beside(const std::filesystem::path& file,
                                                         std::string_view purpose,
                                                         std::string_view argument) {
    const auto parent = file.parent_path();
    auto name = (parent / fmt::format(".blender-mcpd-{}-XXXXXX", purpose)).string();
    if (::mkdtemp(name.data()) == nullptr)
        return core::Error{
            .code = core::ErrorCode::unavailable,
            .message = fmt::format("{}: cannot write in {}: {}", argument, parent.string(),
                                   std::strerror(errno)),
            .remedy = "Choose a folder that you may write to, on a disk with free space.",
            .outcome = core::Outcome::not_applied};
    return WorkingFolder(name);
}

WorkingFolder::WorkingFolder(WorkingFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

WorkingFolder::~WorkingFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace blender_mcpd::tools
