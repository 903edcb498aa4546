#include "source_paths.hpp"

#include <blender_mcpd/guard/file_path.hpp>

#include <filesystem>
#include <span>

namespace blender_mcpd::tools {

namespace {

core::Json all_of(const std::filesystem::path& project,
                  std::span<const std::filesystem::path> roots) {
    auto folders = core::Json::array();
    for (const auto& root : roots)
        folders.push_back(root.string());
    if (!project.empty()) folders.push_back(project.string());
    return folders;
}

}  // namespace

boost::asio::awaitable<core::Json> readable_folders(Toolbox toolbox) {
    const auto project = co_await toolbox.blender->project_directory();
    co_return all_of(project, toolbox.guards.roots);
}

boost::asio::awaitable<core::Result<void>> resolve(Toolbox toolbox, SourcePaths paths) {
    if (paths.empty()) co_return core::Result<void>();
    const auto project = co_await toolbox.blender->project_directory();
    for (const auto& path : paths) {
        const auto file =
            guard::resolve_in_roots(path.value->get_ref<const std::string&>(), project,
                                    toolbox.guards.roots, guard::Intent::read);
        if (!file) {
            auto error = file.error();
            error.message = path.where + ": " + error.message;
            co_return error;
        }
        *path.value = file->string();
        // Last: a new member moves the others.
        if (path.names_others != nullptr)
            (*path.names_others)["folders"] = all_of(project, toolbox.guards.roots);
    }
    co_return core::Result<void>();
}

}  // namespace blender_mcpd::tools
