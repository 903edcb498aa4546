#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <utility>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Spec spec() {
    return {
        "execute_blender_code",
        "Run Python in Blender",
        "Runs Python in Blender: bpy, mathutils, math, C and D are there. Returns stdout, stderr, "
        "result and what changed; a failure returns the traceback. Use the other tools where they "
        "do the job: they check first and are all or none.",
        object({
            {"code", string(1, 1'000'000, "Set the variable result to return a value."), required},
            {"return_expression",
             string(1, 10'000, "Evaluated after the code and returned as result.")},
            {"namespace",
             with_default(one_of({"fresh", "session"}, "session keeps variables between calls."),
                          "fresh")},
            {"timeout_s", fragments::timeout(3'600, "Seconds until the script is interrupted.")},
        }),
        result({
            {"stdout", type("string"), required},
            {"stderr", type("string"), required},
            {"result", Json::object()},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
            {"duration_ms", type("number")},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = true},
    };
}

boost::asio::awaitable<core::Result<mcp::ToolResult>> execute(
    blender::Blender& blender, mcp::CallContext context, core::Json arguments,
    std::chrono::milliseconds default_timeout) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    auto wanted = operation("execute_blender_code", arguments);
    wanted.mutates = true;
    wanted.timeout = timeout.value_or(default_timeout);
    auto reply =
        co_await blender.call(std::move(wanted), context.cancel, forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

}  // namespace

mcp::Tool execute_blender_code(blender::Blender& blender, const ToolOptions& options) {
    return bind(spec(), [&blender, default_timeout = options.script_timeout](
                            mcp::CallContext context, core::Json arguments) {
        return execute(blender, std::move(context), std::move(arguments), default_timeout);
    });
}

}  // namespace blender_mcpd::tools
