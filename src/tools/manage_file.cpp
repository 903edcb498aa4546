#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "source_paths.hpp"

#include <blender_mcpd/guard/file_path.hpp>

#include <utility>

namespace blender_mcpd::tools {
using namespace schema;

Spec manage_file_spec() {
    return {
        "manage_file",
        "Manage the .blend file",
        "Starts a new file, opens one, saves or reverts to what was saved; packs images, sounds "
        "and "
        "fonts into the file (undo does not unpack), lists missing and recent files. Refuses to "
        "lose "
        "unsaved changes without discard_changes, and to replace another file without overwrite. "
        "Undo "
        "history ends with new, open and revert.",
        object({
            {"action",
             one_of(
                 {"new", "open", "save", "save_as", "revert", "pack", "missing_files", "recent"}),
             required},
            {"path", with_format("file-path",
                                 string(1, 4'096,
                                        "Ends in .blend; relative to the open file; for open and "
                                        "save_as."))},
            {"discard_changes", boolean("For new, open and revert.")},
            {"overwrite", boolean("For save_as.")},
            {"use_empty", boolean("new: without the default objects.")},
        }),
        result({
            {"action", type("string"), required},
            {"file", type("string"), required},
            {"dirty", type("boolean")},
            {"bytes", type("integer")},
            {"packed", list_of(type("object", "{kind, name, path}"))},
            {"missing", list_of(type("object", "{kind, name, path}"))},
            {"recent", list_of(type("object", "{path, exists}"))},
            {"changes", fragments::changes()},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = false},
    };
}

namespace {

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> manage(Toolbox toolbox,
                                                             mcp::CallContext context,
                                                             core::Json arguments) {
    if (const auto path = arguments.find("path"); path != arguments.end()) {
        const auto project = co_await toolbox.blender->project_directory();
        const auto intent =
            arguments["action"] == "open" ? guard::Intent::read : guard::Intent::write;
        const auto resolved = guard::resolve_in_roots(path->get_ref<const std::string&>(), project,
                                                      toolbox.guards.roots, intent);
        if (!resolved) {
            auto error = resolved.error();
            error.message = "path: " + error.message;
            co_return error;
        }
        *path = resolved->string();
    }
    if (arguments["action"] == "pack")  // what the open file names
        arguments["folders"] = co_await readable_folders(toolbox);
    const bool reads = arguments["action"] == "missing_files" || arguments["action"] == "recent";
    auto wanted = co_await operation("manage_file", std::move(arguments), context);
    if (!reads) mark_as_edit(wanted, context);
    auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool manage_file(const Toolbox& toolbox) {
    return bind(manage_file_spec(), toolbox,
                [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return manage(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
