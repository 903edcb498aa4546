#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json checkpoint() {
    return type("object", "{name, time, bytes, file}");
}

}  // namespace

Spec history_spec() {
    return {
        "history",
        "Undo, redo and checkpoints",
        "Lists, undoes and redoes edits (one step a call, newest first), and keeps checkpoints: "
        "copies of the scene that live as long as this Blender (the last 20, 2 GiB together). "
        "restore keeps what it replaces as \"before restore\", and undo starts anew. To keep work "
        "use "
        "manage_file.",
        object({
            {"action", one_of({"list", "undo", "redo", "checkpoint", "restore", "drop"}), required},
            {"name", fragments::name("Of the checkpoint; for checkpoint, restore and drop.")},
            {"steps", with_default(integer(1, 50, "For undo and redo; all or none."), 1)},
        }),
        result({
            {"action", type("string"), required},
            {"undo", fragments::text_list()},
            {"redo", fragments::text_list()},
            {"steps", list_of(type("string", "What was undone or redone."))},
            {"checkpoint", checkpoint()},
            {"checkpoints", list_of(checkpoint())},
            {"dropped", fragments::text_list()},
            {"file", type("string")},
            {"dirty", type("boolean")},
            {"limits", type("object")},
            {"note", type("string")},
            {"changes", fragments::changes()},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = false},
    };
}

namespace {

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> call(Toolbox toolbox,
                                                           mcp::CallContext context,
                                                           core::Json arguments) {
    auto wanted = co_await operation("history", arguments, context);
    // Checkpoints are no part of the scene, but like an edit they are never made twice.
    if (arguments["action"] != "list") mark_as_edit(wanted, context);
    auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool history(const Toolbox& toolbox) {
    return bind(history_spec(), toolbox,
                [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return call(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
