#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "script_permission.hpp"

#include <utility>
#include <vector>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> execute(Toolbox toolbox,
                                                              mcp::CallContext context,
                                                              core::Json arguments) {
    std::vector<ScriptText> texts{{"", arguments["code"].get_ref<const std::string&>()}};
    if (const auto expression = arguments.find("return_expression"); expression != arguments.end())
        texts.push_back({"In return_expression: ", expression->get_ref<const std::string&>()});
    const auto judgement = co_await judge(toolbox.guards.scripts, std::move(texts));
    auto allowed = permission(toolbox, context, judgement);
    if (!allowed) co_return allowed.error();
    if (*allowed) co_return std::move(**allowed);

    co_return co_await run_scripts(std::move(toolbox), "execute_blender_code", std::move(arguments),
                                   std::move(context), judgement.verdict);
}

}  // namespace

Spec execute_blender_code_spec() {
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
            {"timeout_s", fragments::timeout(3'600, "Seconds.")},
        }),
        result({
            {"stdout", type("string"), required},
            {"stderr", type("string"), required},
            {"result", Json::object()},
            {"policy", list_of(type("object", "What the script policy has found."))},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
            {"duration_ms", type("number")},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = true},
        guard::ToolClass::script,
    };
}

mcp::Tool execute_blender_code(const Toolbox& toolbox) {
    return bind(execute_blender_code_spec(), toolbox,
                [](Toolbox own, mcp::CallContext context, core::Json arguments) {
                    return execute(std::move(own), std::move(context), std::move(arguments));
                });
}

}  // namespace blender_mcpd::tools
