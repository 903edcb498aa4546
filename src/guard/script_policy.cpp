#include "script_judge.hpp"
#include "script_scan.hpp"
#include "script_trust.hpp"
#include "suggest.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/script_policy.hpp>
#include <blender_mcpd/guard/sha256.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <utility>

namespace blender_mcpd::guard {

namespace {

constexpr std::size_t hash_digits = 64;
constexpr std::size_t max_excerpt_bytes = 120;

bool is_hash(std::string_view text) {
    return text.size() == hash_digits && std::all_of(text.begin(), text.end(), [](char c) {
               return std::isxdigit(static_cast<unsigned char>(c)) != 0;
           });
}

bool is_dotted_name(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
           });
}

// Finds line and column of offsets that come in ascending order.
class Locator {
  public:
    explicit Locator(std::string_view text) : text_(text) {}

    void locate(std::size_t offset, Finding& finding) {
        offset = std::min(offset, text_.size());
        for (; at_ < offset; ++at_) {
            const char c = text_[at_];
            if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++column_;
            const bool ends = c == '\n' || (c == '\r' && text_.substr(at_ + 1, 1) != "\n");
            if (!ends) continue;
            ++line_;
            column_ = 1;
            line_begin_ = at_ + 1;
        }
        finding.line = line_;
        finding.column = column_;
        finding.excerpt = excerpt_around(offset);
    }

  private:
    // Of a long line, what is around the place.
    [[nodiscard]] std::string excerpt_around(std::size_t offset) const {
        const auto shown = text_.substr(0, offset + max_excerpt_bytes + 1);
        const auto end = std::min(shown.find_first_of("\r\n", offset), shown.size());
        auto begin = line_begin_;
        if (offset - begin > max_excerpt_bytes / 2) {
            begin = offset - max_excerpt_bytes / 2;
            while (begin < offset && (static_cast<unsigned char>(text_[begin]) & 0xC0U) == 0x80U)
                ++begin;
        }
        begin = std::min(text_.find_first_not_of(" \t", begin), end);
        return core::excerpt(text_.substr(begin, end - begin), max_excerpt_bytes);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t column_ = 1;
    std::size_t line_begin_ = 0;
};

}  // namespace

struct ScriptPolicy::State {
    explicit State(ScriptPolicyOptions given)
        : options(std::move(given)), trusted(options.trusted_folders) {
        for (auto& hash : options.allow_sha256)
            hash = core::lower_case(hash);
    }

    [[nodiscard]] ScriptAction action_of(Rule rule, Severity severity) const {
        const auto given = options.rule_actions.find(std::string(describe_rule(rule).id));
        const bool own = given != options.rule_actions.end();
        const auto level = own ? given->second : options.policy;
        if (level == ScriptPolicyLevel::off) return ScriptAction::allow;
        if (level == ScriptPolicyLevel::warn || (!own && severity == Severity::caution))
            return ScriptAction::warn;
        return level == ScriptPolicyLevel::ask ? ScriptAction::ask : ScriptAction::block;
    }

    void take(const RawFindings& found, std::string_view text, Verdict& verdict) const;

    [[nodiscard]] bool trusts(std::string_view text) {
        const std::lock_guard lock(reading);
        return trusted.contains(text);
    }

    ScriptPolicyOptions options;
    TrustedFiles trusted;
    std::mutex reading;  // the folders of `trusted`
};

void ScriptPolicy::State::take(const RawFindings& found, std::string_view text,
                               Verdict& verdict) const {
    std::size_t total = 0;
    for (const auto& [kind, count] : found.counts()) {
        const auto action = action_of(kind.first, kind.second);
        if (action == ScriptAction::allow) continue;
        verdict.action = std::max(verdict.action, action);
        total += count;
    }
    std::vector<const RawFinding*> listed;
    for (const auto& each : found.listed()) {
        if (action_of(each.rule, each.severity) != ScriptAction::allow) listed.push_back(&each);
    }
    // When there are too many, the worst are listed.
    std::stable_sort(listed.begin(), listed.end(), [&](const auto* a, const auto* b) {
        return action_of(a->rule, a->severity) > action_of(b->rule, b->severity);
    });
    listed.resize(std::min(listed.size(), Verdict::max_findings));
    std::stable_sort(listed.begin(), listed.end(),
                     [](const auto* a, const auto* b) { return a->offset < b->offset; });
    Locator locator(text);
    for (const auto* each : listed) {
        Finding finding{std::string(describe_rule(each->rule).id), each->severity,
                        action_of(each->rule, each->severity)};
        finding.message = each->message;
        locator.locate(each->offset, finding);
        verdict.findings.push_back(std::move(finding));
    }
    verdict.more = total - verdict.findings.size();
}

ScriptPolicy::ScriptPolicy(ScriptPolicyOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
ScriptPolicy::~ScriptPolicy() = default;
ScriptPolicy::ScriptPolicy(ScriptPolicy&&) noexcept = default;
ScriptPolicy& ScriptPolicy::operator=(ScriptPolicy&&) noexcept = default;

Verdict ScriptPolicy::judge(std::string_view text) {
    const auto& options = state_->options;
    Verdict verdict;
    verdict.sha256 = sha256(text);
    if (options.policy == ScriptPolicyLevel::off) return verdict;
    if (std::find(options.allow_sha256.begin(), options.allow_sha256.end(), verdict.sha256) !=
        options.allow_sha256.end()) {
        verdict.allowed_by = "sha256";
        return verdict;
    }
    if (text.size() > options.max_bytes) {
        RawFindings found;
        found.add({Rule::script_too_large, Severity::danger, 0,
                   "the script has " + std::to_string(text.size()) +
                       " bytes, more than the limit of " + std::to_string(options.max_bytes) +
                       ", and was not scanned"});
        state_->take(found, text, verdict);
        return verdict;
    }
    if (state_->trusts(text)) {
        verdict.allowed_by = "trusted file";
        return verdict;
    }
    state_->take(scan_script(text, options.allow_modules), text, verdict);
    return verdict;
}

core::Result<void> validate(const ScriptPolicyOptions& options) {
    const auto ids = rule_ids();
    for (const auto& [rule, level] : options.rule_actions) {
        if (std::find(ids.begin(), ids.end(), rule) == ids.end())
            return core::Error{core::ErrorCode::invalid,
                               "there is no script rule \"" + core::excerpt(rule) + "\"",
                               suggest(rule, ids)};
    }
    for (const auto& hash : options.allow_sha256) {
        if (!is_hash(hash))
            return core::Error{core::ErrorCode::invalid,
                               "\"" + core::excerpt(hash) + "\" is no SHA-256",
                               "Give 64 hexadecimal digits, as sha256sum prints them"};
    }
    for (const auto& module : options.allow_modules) {
        if (!is_dotted_name(module))
            return core::Error{core::ErrorCode::invalid,
                               "\"" + core::excerpt(module) + "\" is no name of a module",
                               "Give names such as bpy or os.path"};
    }
    return {};
}

}  // namespace blender_mcpd::guard
