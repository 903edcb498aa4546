#include "source_paths.hpp"

#include <blender_mcpd/guard/file_path.hpp>

namespace blender_mcpd::tools {

boost::asio::awaitable<core::Result<void>> resolve(Toolbox toolbox, SourcePaths paths) {
    if (paths.empty()) co_return core::Result<void>();
    const auto project = co_await toolbox.blender.project_directory();
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
    }
    co_return core::Result<void>();
}

}  // namespace blender_mcpd::tools
