#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

namespace {

SourcePaths source_paths(core::Json& arguments) {
    return {{&arguments["path"], "path", &arguments}};
}

}  // namespace

Spec import_file_spec() {
    return {
        .name = "import_file",
        .title = "Import a file",
        .description =
            "Brings glTF, OBJ, FBX, STL, PLY, USD, Alembic or SVG files into the scene, or an "
            "image as a plane, as far as this Blender has them. One undo step; nothing remains of "
            "an import that fails. Returns what came in. lookup_api import_file lists the formats "
            "here. For .blend files use manage_file.",
        .input = object({
            {"path", fragments::source_path("Relative to the open file, or absolute."), required},
            {"format",
             one_of({"gltf", "obj", "fbx", "stl", "ply", "usd", "alembic", "svg", "image"},
                    "Default: by the ending.")},
            {"options", fragments::file_options()},
            {"collection", fragments::name("Into this one, made if missing.")},
            {"timeout_s", fragments::timeout(3'600, "Seconds.")},
        }),
        .output = result({
            {"format", type("string"), required},
            {"objects", list_of(type("object", "{name, type}; at most 100")), required},
            {"total", type("integer", "Objects that came in."), required},
            {"types", type("object", "{type: count}"), required},
            {"warnings", fragments::text_list(), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = false,
                        .idempotent = false,
                        .open_world = false},
        .source_paths = source_paths,
    };
}

namespace {

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    auto paths = source_paths(arguments);
    if (const auto found = co_await resolve(toolbox, std::move(paths)); !found)
        co_return found.error();
    auto wanted = co_await operation("import_file", std::move(arguments), context);
    mark_as_edit(wanted, context);
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool import_file(const Toolbox& toolbox) {
    return bind(import_file_spec(), toolbox,
                [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return run(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
