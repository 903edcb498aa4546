#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <chrono>
#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Spec spec() {
    return {
        "render",
        "Render an image",
        "Renders a still and returns it as PNG, with notes on what was assumed. Works in a "
        "second Blender on a snapshot: the scene stays free and untouched. For a quick "
        "look use engine workbench or a small resolution.",
        object({
            {"engine", one_of({"workbench", "eevee", "cycles"}, "Default: the scene's.")},
            {"samples", integer(1, 4'096)},
            {"resolution", array_of(integer(4, 8'192), 2, 2, "[width, height] in pixels.")},
            {"percentage", number(1, 100, "Scales the resolution.")},
            {"camera", fragments::name("Default: the scene's.")},
            {"frame", integer(-1'048'574, 1'048'574)},
            {"transparent", boolean("Transparent background.")},
            {"timeout_s", fragments::timeout(86'400, "Seconds until it is given up.")},
        }),
        result({
            {"image", type("object", "{mime_type, width, height, bytes}"), required},
            {"engine", type("string"), required},
            {"samples", nullable("integer")},
            {"frame", type("integer")},
            {"camera", nullable("string")},
            {"seconds", type("number")},
            {"notes", fragments::text_list()},
            {"generation", fragments::generation()},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
        guard::ToolClass::general,
        mcp::TaskSupport::optional,
    };
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    auto wanted = operation("render", arguments);
    wanted.timeout = timeout.value_or(toolbox.options.render_timeout);
    auto reply = co_await toolbox.blender.call_on_copy(std::move(wanted), context.cancel,
                                                       forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool render(const Toolbox& toolbox) {
    return bind(spec(), toolbox, [toolbox](mcp::CallContext context, core::Json arguments) {
        return run(toolbox, std::move(context), std::move(arguments));
    });
}

}  // namespace blender_mcpd::tools
