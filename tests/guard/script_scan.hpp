// What the rules find in a script, in a form that reads well when a test fails.
#pragma once

#include <blender_mcpd/guard/script_policy.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::guard {

/// "3 process.run danger", by line, each once.
inline std::vector<std::string> found_in(std::string_view script,
                                         ScriptPolicyOptions options = {}) {
    ScriptPolicy policy(std::move(options));
    std::vector<std::string> found;
    for (const auto& finding : policy.judge(script).findings) {
        auto line = std::to_string(finding.line) + " " + finding.rule + " " +
                    std::string(to_string(finding.severity));
        if (std::find(found.begin(), found.end(), line) == found.end())
            found.push_back(std::move(line));
    }
    return found;
}

inline bool finds(std::string_view script, std::string_view what) {
    const auto found = found_in(script);
    return std::find(found.begin(), found.end(), what) != found.end();
}

}  // namespace blender_mcpd::guard
