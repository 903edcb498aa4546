#include "script_scan.hpp"

#include "python_text.hpp"
#include "python_tokens.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace blender_mcpd::guard {

namespace {

void report_unscannable(RawFindings& findings, std::size_t offset, const Unscannable& failure) {
    findings.add({Rule::script_unscannable, Severity::danger, offset,
                  "the script cannot be read: " + failure.why});
}

// Where the code is a text inside the script, everything is told at the place of that text.
class AtOnePlace {
  public:
    AtOnePlace(RawFindings& out, std::size_t offset) : out_(out), offset_(offset) {}

    void take(const RawFindings& found) {
        for (auto finding : found.listed()) {
            finding.offset = offset_;
            finding.message += " (in code that is a text)";
            out_.add(std::move(finding));
        }
    }

  private:
    RawFindings& out_;
    std::size_t offset_;
};

// Embedded code is scanned once, not what is embedded in that again.
void scan(std::string_view text, std::span<const std::string> allowed_modules,
          RawFindings& findings, bool follow_embedded) {
    const auto scanned = tokenize_python(text);
    if (const auto* failure = std::get_if<Unscannable>(&scanned))
        return report_unscannable(findings, failure->offset, *failure);
    Values values;
    ScriptJudge judge(values, allowed_modules, findings);
    walk_script_knowing_names(std::get<PythonTokens>(scanned), values, judge);
    if (values.exhausted())
        return report_unscannable(findings, 0, {0, "it makes more values than can be followed"});
    if (!follow_embedded) return;
    for (const auto& embedded : judge.embedded()) {
        RawFindings found;
        scan(embedded.text, allowed_modules, found, false);
        AtOnePlace(findings, embedded.offset).take(found);
    }
}

}  // namespace

RawFindings scan_script(std::string_view text, std::span<const std::string> allowed_modules) {
    RawFindings findings;
    if (const auto failure = check_encoding(text)) {
        report_unscannable(findings, failure->offset, *failure);
    } else {
        scan(text, allowed_modules, findings, true);
    }
    return findings;
}

}  // namespace blender_mcpd::guard
