#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <spdlog/spdlog.h>

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
            {"policy", list_of(type("object", "What the script policy has found."))},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
            {"duration_ms", type("number")},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = true},
        guard::ToolClass::script,
    };
}

/// Of the code and the expression together, as both are run.
guard::Verdict judge(guard::ScriptPolicy& policy, const core::Json& arguments) {
    auto verdict = policy.judge(arguments["code"].get_ref<const std::string&>());
    const auto expression = arguments.find("return_expression");
    if (expression == arguments.end()) return verdict;
    auto second = policy.judge(expression->get_ref<const std::string&>());
    if (second.action <= verdict.action && second.findings.empty()) return verdict;
    for (auto& finding : second.findings) {
        finding.message = "In return_expression: " + finding.message;
        verdict.findings.push_back(std::move(finding));
    }
    if (second.action > verdict.action) {
        verdict.sha256 = std::move(second.sha256);  // the one to allow
        verdict.action = second.action;
    }
    return verdict;
}

constexpr auto consent_key = "consent";

mcp::InputRequired ask_for_consent(const guard::Verdict& verdict) {
    auto question = mcp::elicit(
        "An assistant wants to run a Python script in Blender. " + guard::describe(verdict),
        {{"type", "object"},
         {"properties",
          {{"run",
            {{"type", "boolean"},
             {"title", "Run the script"},
             {"description", "Only if you know what it does."},
             {"default", false}}}}},
         {"required", {"run"}}});
    return {{{consent_key, std::move(question)}}, verdict.sha256};
}

enum class Consent { not_asked, given, refused };

/// `state` is what the question carried: the answer is about that script and no other.
Consent consent(const mcp::CallContext& context, const guard::Verdict& verdict) {
    const auto answer = context.inputs.find(consent_key);
    if (answer == context.inputs.end() || context.state != verdict.sha256)
        return Consent::not_asked;
    if (answer->second.value("action", core::Json()) != "accept") return Consent::refused;
    const auto content = answer->second.value("content", core::Json::object());
    return content.is_object() && content.value("run", core::Json()) == true ? Consent::given
                                                                             : Consent::refused;
}

core::Error refusal(const guard::Verdict& verdict, bool asked) {
    core::Error error{.code = core::ErrorCode::invalid};
    if (verdict.action != guard::ScriptAction::ask)
        error.message = "The script was not run: the script policy blocks it";
    else if (asked)
        error.message = "The script was not run: the user did not agree";
    else
        error.message =
            "The script was not run: it needs the consent of a person, and this client cannot ask "
            "one (script.policy is \"ask\", the client has no form elicitation)";
    error.message += "\n" + guard::describe(verdict);
    error.remedy = "Use the other tools, or write it without what was found";
    return error;
}

/// The findings as the first member of the result.
void add_findings(std::string& result, const guard::Verdict& verdict) {
    if (verdict.findings.empty()) return;
    auto member = "\"policy\":" + core::dump(guard::to_json(verdict.findings));
    if (result.find_first_not_of(" \t\r\n", 1) != result.find('}')) member += ',';
    result.insert(1, member);
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> execute(Toolbox toolbox,
                                                              mcp::CallContext context,
                                                              core::Json arguments) {
    const auto verdict = judge(toolbox.guards.scripts, arguments);
    if (!verdict.findings.empty())
        toolbox.guards.metrics.add(scripts_flagged, 1, guard::to_string(verdict.action));
    if (!verdict.allowed_by.empty())
        spdlog::info("script {} is allowed by {}", verdict.sha256, verdict.allowed_by);
    if (verdict.action == guard::ScriptAction::block) co_return refusal(verdict, false);
    if (verdict.action == guard::ScriptAction::ask) {
        if (!context.capabilities.elicitation_form) co_return refusal(verdict, false);
        const auto answer = consent(context, verdict);
        if (answer == Consent::not_asked) co_return ask_for_consent(verdict);
        if (answer == Consent::refused) co_return refusal(verdict, true);
        spdlog::info("script {} runs by the user's consent", verdict.sha256);
    }

    const auto timeout = take_seconds(arguments, "timeout_s");
    auto wanted = operation("execute_blender_code", arguments, context);
    wanted.mutates = true;
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    auto reply =
        co_await toolbox.blender.call(std::move(wanted), context.cancel, forward_progress(context));
    if (!reply) co_return reply.error();
    auto result = to_result(std::move(*reply));
    if (result) add_findings(result->structured, verdict);
    co_return result;
}

}  // namespace

mcp::Tool execute_blender_code(const Toolbox& toolbox) {
    return bind(spec(), toolbox, [toolbox](mcp::CallContext context, core::Json arguments) {
        return execute(toolbox, std::move(context), std::move(arguments));
    });
}

}  // namespace blender_mcpd::tools
