// Applies the rules to what a walk over a script comes across.
#pragma once

#include "script_rules.hpp"
#include "script_walk.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace blender_mcpd::guard {

struct RawFinding {
    Rule rule;
    Severity severity;
    std::size_t offset = 0;
    std::string message{};
};

/// Findings of one script, bounded: of each rule and severity the first ones, and how many more.
class RawFindings {
  public:
    static constexpr std::size_t max_listed_per_kind = 50;
    using Kind = std::pair<Rule, Severity>;

    /// One finding a rule and place: the more severe one.
    void add(RawFinding finding);

    [[nodiscard]] const std::vector<RawFinding>& listed() const { return listed_; }
    /// How many there were of each kind, listed or not.
    [[nodiscard]] const std::map<Kind, std::size_t>& counts() const { return counts_; }

  private:
    std::vector<RawFinding> listed_;
    std::map<Kind, std::size_t> counts_;
    std::unordered_map<std::size_t, Severity> places_;
};

/// A constant text that Blender will run as code, such as the expression of a driver.
struct EmbeddedCode {
    std::size_t offset = 0;
    std::string_view text{};
};

class ScriptJudge final : public ScriptEvents {
  public:
    static constexpr std::size_t max_embedded = 32;

    /// `allowed_modules`: empty allows all.
    ScriptJudge(Values& values, std::span<const std::string> allowed_modules, RawFindings& findings)
        : values_(values), allowed_modules_(allowed_modules), findings_(findings) {}

    [[nodiscard]] const std::vector<EmbeddedCode>& embedded() const { return embedded_; }

    void on_name(std::size_t offset, std::string_view name) override;
    void on_attribute(std::size_t offset, const Value& receiver, std::string_view name) override;
    void on_reference(std::size_t offset, const Value& value) override;
    void on_step(std::size_t offset, const Value& value) override;
    void on_call(const Call& call) override;
    void on_subscript(std::size_t offset, const Value& receiver, const Value& index) override;
    void on_item_assignment(std::size_t offset, const Value& receiver, const Value& index) override;
    void on_import(std::size_t offset, std::string_view module, std::string_view name) override;
    void on_assignment(std::size_t offset, std::string_view name, const Value& value) override;
    void on_escape(std::size_t offset, const Value& value) override;

  private:
    void report(Rule rule, Severity severity, std::size_t offset, std::string message);
    void report(const PathRule& entry, std::string_view path, std::size_t offset);
    void report(const PathRule& entry, std::string_view path, std::size_t offset,
                Severity severity);

    void judge_path(const Call& call, std::string_view path);
    void judge_method(const Call& call);
    void judge_arguments(const Call& call);
    void judge_mode(const Call& call, const PathRule& entry, std::string_view path,
                    std::size_t position);
    void judge_descriptor(const Call& call, const PathRule& entry, std::string_view path);
    void judge_getattr(const Call& call);
    void judge_computed_attribute(std::size_t offset, const Value& receiver);
    void judge_operator_name(const Call& call);
    void judge_setattr(const Call& call);
    void judge_lookup(const Call& call, std::string_view path);
    void judge_statement(const Call& call, const PathRule& entry, std::string_view path);
    void judge_blender(const Call& call, std::string_view path);
    void judge_mapping(const Call& call, std::string_view path);
    void judge_import_name(const Call& call, const PathRule& entry, std::string_view path);
    void judge_environment(const Call& call, const PathRule& entry, std::string_view path);
    void judge_attribute_getter(const Call& call, const PathRule& entry, std::string_view path);
    void check_allowed(std::size_t offset, std::string_view module, std::string_view name);
    [[nodiscard]] bool is_allowed(std::string_view module) const;
    /// find_path_rule() of an object's path, remembered.
    [[nodiscard]] const PathRule* rule_of(const Atom& atom);
    [[nodiscard]] bool all_of_blender(const Value& value) const;

    Values& values_;
    std::span<const std::string> allowed_modules_;
    RawFindings& findings_;
    std::vector<EmbeddedCode> embedded_;
    std::unordered_map<std::int32_t, const PathRule*> rules_;
};

}  // namespace blender_mcpd::guard
