#include "script_permission.hpp"

#include "binder.hpp"
#include "seconds.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/call_audit.hpp>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <span>
#include <utility>

namespace blender_mcpd::tools {
namespace {

constexpr auto consent_key = "consent";

mcp::InputRequired ask_for_consent(const Judgement& judgement) {
    auto question = mcp::elicit("An assistant wants to run a Python script in Blender. " +
                                    guard::describe(judgement.verdict),
                                {{"type", "object"},
                                 {"properties",
                                  {{"run",
                                    {{"type", "boolean"},
                                     {"title", "Run the script"},
                                     {"description", "Only if you know what it does."},
                                     {"default", false}}}}},
                                 {"required", {"run"}}});
    return {{{consent_key, std::move(question)}}, judgement.identity};
}

enum class Consent { not_asked, given, refused };

/// `state` is what the question carried: the answer is about those scripts and no others.
Consent consent(const mcp::CallContext& context, const Judgement& judgement) {
    const auto answer = context.inputs.find(consent_key);
    if (answer == context.inputs.end() || context.state != judgement.identity)
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

/// For records: without the words, which quote the script.
core::Json places_of(const guard::Verdict& verdict) {
    auto places = core::Json::array();
    for (const auto& finding : verdict.findings)
        places.push_back({{"rule", finding.rule},
                          {"action", guard::to_string(finding.action)},
                          {"line", finding.line},
                          {"column", finding.column}});
    return places;
}

void add_findings(std::string& result, const guard::Verdict& verdict) {
    if (verdict.findings.empty()) return;
    auto member = "\"policy\":" + core::dump(guard::to_json(verdict.findings));
    if (result.find_first_not_of(" \t\r\n", 1) != result.find('}')) member += ',';
    result.insert(1, member);
}

}  // namespace

namespace {

Judgement judge_all(guard::ScriptPolicy& policy, std::span<const ScriptText> texts) {
    Judgement all;
    for (const auto& [where, code] : texts) {
        auto one = policy.judge(code);
        if (!one.allowed_by.empty())
            spdlog::info("script {} is allowed by {}", one.sha256, one.allowed_by);
        if (one.action == guard::ScriptAction::ask) all.identity += one.sha256;
        for (auto& finding : one.findings) {
            finding.message = where + finding.message;
            all.verdict.findings.push_back(std::move(finding));
        }
        if (all.verdict.sha256.empty() || one.action > all.verdict.action) {
            all.verdict.sha256 = std::move(one.sha256);  // the one to allow
            all.verdict.action = one.action;
        }
    }
    return all;
}

}  // namespace

boost::asio::awaitable<Judgement> judge(std::shared_ptr<guard::ScriptPolicy> policy,
                                        std::vector<ScriptText> texts) {
    constexpr std::size_t cost = 16;  // a byte takes as long as so many that are only scanned
    std::size_t size = 0;
    for (const auto& text : texts)
        size += text.code.size();
    const auto work = [&] { return judge_all(*policy, texts); };
    co_return co_await core::aside(size * cost, work);
}

core::Result<std::optional<mcp::InputRequired>> permission(const Toolbox& toolbox,
                                                           const mcp::CallContext& context,
                                                           const Judgement& judgement) {
    const auto& verdict = judgement.verdict;
    if (context.record)
        context.record->note("policy", {{"action", guard::to_string(verdict.action)},
                                        {"findings", places_of(verdict)}});
    if (!verdict.findings.empty())
        toolbox.guards.metrics.add(scripts_flagged, 1, guard::to_string(verdict.action));
    if (verdict.action == guard::ScriptAction::block) return refusal(verdict, false);
    if (verdict.action != guard::ScriptAction::ask) return std::nullopt;
    if (!context.capabilities.elicitation_form) return refusal(verdict, false);
    const auto answer = consent(context, judgement);
    if (answer == Consent::not_asked) return ask_for_consent(judgement);
    if (answer == Consent::refused) return refusal(verdict, true);
    spdlog::info("script {} runs by the user's consent", verdict.sha256);
    return std::nullopt;
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run_scripts(Toolbox toolbox, std::string name,
                                                                  core::Json arguments,
                                                                  mcp::CallContext context,
                                                                  guard::Verdict verdict) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    auto wanted = co_await operation(std::move(name), std::move(arguments), context);
    mark_as_edit(wanted, context);
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                forward_progress(context));
    if (!reply) co_return reply.error();
    auto result = to_result(std::move(*reply));
    if (result) add_findings(result->structured, verdict);
    co_return result;
}

}  // namespace blender_mcpd::tools
