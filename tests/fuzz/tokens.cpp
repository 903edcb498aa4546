// Scripts for Blender: whatever a script holds, its tokens are in order and nest, and the verdict
// on it is bounded, tame and the same again.
#include "fuzz.hpp"
#include "python_tokens.hpp"

#include <blender_mcpd/guard/script_policy.hpp>

namespace blender_mcpd {
namespace {

using fuzz::require;
using guard::TokenKind;

void check_tokens(std::string_view script, const guard::PythonTokens& scanned) {
    require(!scanned.tokens.empty() && scanned.tokens.back().kind == TokenKind::end,
            "the last token is the end");
    std::size_t before = 0;
    std::size_t formats = 0;
    std::size_t fields = 0;
    for (const auto& token : scanned.tokens) {
        require(token.offset >= before && token.offset <= script.size(), "tokens are in order",
                token.text);
        before = token.offset;
        formats += token.kind == TokenKind::format_begin ? 1 : 0;
        fields += token.kind == TokenKind::field_begin ? 1 : 0;
        require(token.kind != TokenKind::format_end || formats-- > 0, "f-strings nest");
        require(token.kind != TokenKind::field_end || fields-- > 0, "fields nest");
    }
    require(formats == 0 && fields == 0, "what was opened is closed");
}

void check_verdict(const guard::Verdict& verdict) {
    require(verdict.findings.size() <= guard::Verdict::max_findings, "findings are bounded");
    auto strongest = guard::ScriptAction::allow;
    for (const auto& finding : verdict.findings) {
        require(finding.line >= 1 && finding.column >= 1, "a finding has a place");
        require(!finding.rule.empty() && !finding.message.empty(), "a finding says what");
        require(fuzz::is_tame(finding.message) && fuzz::is_tame(finding.excerpt),
                "a finding is one line", finding.message);
        strongest = std::max(strongest, finding.action);
    }
    require(verdict.action >= strongest, "the verdict is the strongest of the findings");
    const auto text = core::dump(guard::to_json(verdict.findings));
    require(core::parse_json(text).has_value(), "findings can be written as JSON", text);
    require(guard::describe(verdict).empty() == (verdict.findings.empty() && verdict.more == 0),
            "what was found is described");
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    const auto script = fuzz::text_of(data, size);
    const auto scanned = guard::tokenize_python(script);
    if (const auto* tokens = std::get_if<guard::PythonTokens>(&scanned)) {
        check_tokens(script, *tokens);
    } else {
        const auto& fault = std::get<guard::Unscannable>(scanned);
        require(fault.offset <= script.size() && !fault.why.empty(), "a fault says what and where");
    }

    static guard::ScriptPolicy policy({.policy = guard::ScriptPolicyLevel::block});
    const auto verdict = policy.judge(script);
    check_verdict(verdict);
    require(std::holds_alternative<guard::PythonTokens>(scanned) ||
                verdict.action != guard::ScriptAction::allow,
            "what cannot be scanned is not allowed silently");
    const auto again = policy.judge(script);
    require(again.action == verdict.action && again.sha256 == verdict.sha256 &&
                guard::describe(again) == guard::describe(verdict),
            "the same script has the same verdict");
    return 0;
}
