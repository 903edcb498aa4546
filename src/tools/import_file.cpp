#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "import_paths.hpp"
#include "seconds.hpp"

#include <blender_mcpd/guard/file_path.hpp>

#include <string>
#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

Spec import_file_spec() {
    return {
        "import_file",
        "Import a file",
        "Brings glTF, OBJ, FBX, STL, PLY, USD, Alembic or SVG files into the scene, or an image as "
        "a plane, as far as this Blender has them. One undo step; nothing remains of an import "
        "that fails. Returns what came in. For .blend files use manage_file.",
        object({
            {"path", fragments::source_path("Relative to the open file, or absolute."), required},
            {"format",
             one_of({"gltf", "obj", "fbx", "stl", "ply", "usd", "alembic", "svg", "image"},
                    "Default: by the ending.")},
            {"options", fragments::file_options()},
            {"collection", fragments::name("Into this one, made if missing.")},
            {"timeout_s", fragments::timeout(3'600, "Seconds until it is given up.")},
        }),
        result({
            {"format", type("string"), required},
            {"objects", list_of(type("object", "{name, type}; at most 100")), required},
            {"total", type("integer", "Objects that came in."), required},
            {"types", type("object", "{type: count}"), required},
            {"warnings", fragments::text_list(), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = false, .idempotent = false, .open_world = false},
    };
}

core::Result<void> resolve_import(core::Json& arguments,
                                  const std::filesystem::path& project_directory,
                                  std::span<const std::filesystem::path> roots) {
    auto& path = arguments["path"];
    const auto resolved = guard::resolve_in_roots(path.get_ref<const std::string&>(),
                                                  project_directory, roots, guard::Intent::read);
    if (!resolved) {
        auto error = resolved.error();
        error.message = "path: " + error.message;
        return error;
    }
    path = resolved->string();
    auto& folders = arguments["folders"] = core::Json::array();
    for (const auto& root : roots)
        folders.push_back(root.string());
    if (!project_directory.empty()) folders.push_back(project_directory.string());
    return {};
}

namespace {

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    const auto project = co_await toolbox.blender.project_directory();
    const auto resolved = resolve_import(arguments, project, toolbox.guards.roots);
    if (!resolved) co_return resolved.error();
    auto wanted = co_await operation("import_file", std::move(arguments), context);
    wanted.mutates = true;
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    auto reply =
        co_await toolbox.blender.call(std::move(wanted), context.cancel, forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool import_file(const Toolbox& toolbox) {
    return bind(import_file_spec(), toolbox,
                [toolbox](mcp::CallContext context, core::Json arguments) {
                    return run(toolbox, std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
