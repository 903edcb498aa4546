#include <blender_mcpd/guard/script_policy.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace blender_mcpd::guard {

namespace {

std::string_view said(ScriptAction action) {
    switch (action) {
        case ScriptAction::allow:
            return "The script policy allows this script";
        case ScriptAction::warn:
            return "The script policy warns about this script";
        case ScriptAction::ask:
            return "The script policy asks before this script runs";
        case ScriptAction::block:
            return "The script policy does not run this script";
    }
    return {};
}

}  // namespace

std::string_view to_string(ScriptAction action) {
    constexpr std::array<std::string_view, 4> names{"allow", "warn", "ask", "block"};
    return names[static_cast<std::size_t>(action)];
}

std::string_view to_string(ScriptPolicyLevel level) {
    constexpr std::array<std::string_view, 4> names{"off", "warn", "ask", "block"};
    return names[static_cast<std::size_t>(level)];
}

std::string_view to_string(Severity severity) {
    return severity == Severity::danger ? "danger" : "caution";
}

std::optional<ScriptPolicyLevel> script_policy_level(std::string_view name) {
    for (const auto level : {ScriptPolicyLevel::off, ScriptPolicyLevel::warn,
                             ScriptPolicyLevel::ask, ScriptPolicyLevel::block}) {
        if (to_string(level) == name) return level;
    }
    return std::nullopt;
}

std::string describe(const Verdict& verdict) {
    if (verdict.findings.empty()) return {};
    auto out = fmt::format("{}:\n", said(verdict.action));
    for (const auto& finding : verdict.findings)
        out += fmt::format("  line {}, column {}: {} ({}, {}): {}\n    {}\n", finding.line,
                           finding.column, finding.rule, to_string(finding.severity),
                           to_string(finding.action), finding.message, finding.excerpt);
    if (verdict.more > 0) out += fmt::format("  and {} more\n", verdict.more);
    if (verdict.action < ScriptAction::ask) return out;  // it runs anyway
    out += fmt::format(
        "Who has read the script and wants it to run adds its SHA-256 to script.allow_sha256 in "
        "the configuration:\n  {}\n",
        verdict.sha256);
    return out;
}

core::Json to_json(std::span<const Finding> findings) {
    auto out = core::Json::array();
    for (const auto& finding : findings) {
        core::Json one;
        one["rule"] = finding.rule;
        one["severity"] = to_string(finding.severity);
        one["action"] = to_string(finding.action);
        one["line"] = finding.line;
        one["column"] = finding.column;
        one["message"] = finding.message;
        one["excerpt"] = finding.excerpt;
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace blender_mcpd::guard
