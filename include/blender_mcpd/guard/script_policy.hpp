// What a Python script would do, read before anything runs it: a scan of its tokens that finds
// processes, dynamic code, network, writing and deleting of files and the like, and a verdict.
//
// It explains and slows down; it is not a sandbox. A determined author can hide what a script does
// from any static check. What a script may touch is limited inside Blender and around it.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::guard {

/// In ascending order: the action of a verdict is the strongest of its findings.
enum class ScriptAction {
    allow,  // run it
    warn,   // run it and tell the caller
    ask,    // run it when the user agrees
    block,  // do not run it
};

/// How strictly findings are taken, for all rules or for one.
enum class ScriptPolicyLevel {
    off,    // nothing is scanned; as an action of one rule: it finds nothing
    warn,   // everything found warns
    ask,    // danger asks, caution warns; as an action of one rule: it asks
    block,  // danger blocks, caution warns; as an action of one rule: it blocks
};

enum class Severity {
    caution,  // ordinary scripts do it too; worth a word
    danger,   // ordinary Blender scripts do not do it
};

[[nodiscard]] std::string_view to_string(ScriptAction action);
[[nodiscard]] std::string_view to_string(ScriptPolicyLevel level);
[[nodiscard]] std::string_view to_string(Severity severity);
/// Of "off", "warn", "ask", "block".
[[nodiscard]] std::optional<ScriptPolicyLevel> script_policy_level(std::string_view name);

/// One rule as it is listed to people. The worst that it finds has this severity.
struct ScriptRule {
    std::string_view id;
    Severity severity;
    std::string_view about;
};

/// All rules, in a stable order.
[[nodiscard]] std::span<const ScriptRule> script_rules();
/// Their ids.
[[nodiscard]] std::vector<std::string> rule_ids();

struct ScriptPolicyOptions {
    ScriptPolicyLevel policy = ScriptPolicyLevel::warn;
    /// Modules that may be imported, with everything below them ("bpy" covers bpy.props). Empty:
    /// every import is allowed, and the other rules judge what is done with it.
    std::vector<std::string> allow_modules{};
    /// SHA-256 of the exact text of reviewed scripts, in hexadecimal.
    std::vector<std::string> allow_sha256{};
    /// By rule id; wins over `policy`, except that nothing is scanned when `policy` is off.
    std::map<std::string, ScriptPolicyLevel> rule_actions{};
    /// A script that equals a *.py file below one of these is known to be safe. Read when a script
    /// of the same size is first judged; at most 20,000 files.
    std::vector<std::filesystem::path> trusted_folders{};
    /// Larger scripts are not scanned; that is a finding of script.too_large.
    std::size_t max_bytes = 1'000'000;
};

/// Says what is wrong with the options: a rule that does not exist, a hash that is none, a module
/// that is no dotted name.
[[nodiscard]] core::Result<void> validate(const ScriptPolicyOptions& options);

struct Finding {
    std::string rule{};
    Severity severity = Severity::caution;
    ScriptAction action = ScriptAction::allow;
    std::size_t line = 1;    // 1-based
    std::size_t column = 1;  // 1-based, in characters
    std::string message{};   // why; a sentence without a full stop
    std::string excerpt{};   // the line, cut
};

struct Verdict {
    ScriptAction action = ScriptAction::allow;  // the strongest of all findings, listed or not
    std::vector<Finding> findings{};            // by position; at most max_findings
    std::size_t more = 0;                       // findings that are not listed
    std::string allowed_by{};                   // empty, "sha256" or "trusted file"
    std::string sha256{};                       // of the exact text; lower-case hexadecimal

    static constexpr std::size_t max_findings = 50;
};

/// Thread: any, also several at once. The first call that meets a trusted folder reads it.
class ScriptPolicy {
  public:
    /// `options` must be valid (see validate()); an unknown rule id is ignored.
    explicit ScriptPolicy(ScriptPolicyOptions options);
    ~ScriptPolicy();
    ScriptPolicy(ScriptPolicy&&) noexcept;
    ScriptPolicy& operator=(ScriptPolicy&&) noexcept;

    /// Never fails and never changes the text: what cannot be scanned is a finding. Time and memory
    /// are linear in its size; no recursion.
    [[nodiscard]] Verdict judge(std::string_view text);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// For the caller: every finding with rule, line and why, and, when it does not run, how it can be
/// allowed. Empty when nothing was found.
[[nodiscard]] std::string describe(const Verdict& verdict);

/// An array of objects: rule, severity, action, line, column, message, excerpt.
[[nodiscard]] core::Json to_json(std::span<const Finding> findings);

}  // namespace blender_mcpd::guard
