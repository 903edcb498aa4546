#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"
#include "working_folder.hpp"

#include <blender_mcpd/guard/file_path.hpp>

#include <string>
#include <utility>

namespace blender_mcpd::tools {
using namespace schema;

Spec export_file_spec() {
    return {
        "export_file",
        "Export to a file",
        "Writes the scene, or some objects, as glTF, OBJ, FBX, STL, PLY, USD or Alembic, as far as "
        "this Blender has them. Works in a second Blender on a snapshot: the scene stays free and "
        "untouched. The file is read back, and what is in it counted, before it gets its name. "
        "lookup_api export_file lists the formats here. For .blend files use manage_file.",
        object({
            {"path", fragments::source_path("Ends as the format does, in an existing folder."),
             required},
            {"format", one_of({"gltf", "obj", "fbx", "stl", "ply", "usd", "alembic"},
                              "Default: by the ending; .glb and .gltf are gltf.")},
            {"options", fragments::file_options()},
            {"objects", fragments::names(1, 1'000, "Default: all that are visible.")},
            {"overwrite", boolean("Replace files of that name.")},
            {"timeout_s", fragments::timeout(86'400, "Seconds.")},
        }),
        result({
            {"path", type("string"), required},
            {"format", type("string"), required},
            {"bytes", type("integer"), required},
            {"sha256", type("string"), required},
            {"files", list_of(type("object", "{path, bytes} of files beside it"))},
            {"objects", type("integer", "With triangles, in the scene."), required},
            {"triangles", type("integer"), required},
            {"verification", type("object", "{objects, triangles, matches} as read back")},
            {"warnings", fragments::text_list(), required},
            {"generation", fragments::generation()},
        }),
        {.read_only = false, .destructive = true, .idempotent = true, .open_world = false},
        guard::ToolClass::general,
        true,
    };
}

namespace {

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    const auto project = co_await toolbox.blender->project_directory();
    const auto file = guard::resolve_in_roots(arguments["path"].get_ref<const std::string&>(),
                                              project, toolbox.guards.roots, guard::Intent::write);
    if (!file) {
        auto error = file.error();
        error.message = "path: " + error.message;
        co_return error;
    }
    const auto folder = WorkingFolder::create_beside(*file, "export", "path");
    if (!folder) co_return folder.error();
    arguments["path"] = file->string();
    arguments["working_folder"] = folder->path().string();
    auto wanted = co_await operation("export_file", std::move(arguments), context);
    wanted.timeout = timeout.value_or(toolbox.options.render_timeout);
    auto reply = co_await toolbox.blender->call_on_copy(std::move(wanted), context.cancel,
                                                        forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool export_file(const Toolbox& toolbox) {
    return bind(export_file_spec(), toolbox,
                [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return run(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
