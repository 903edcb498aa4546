// What a replayed call did otherwise than the recorded one. The rule is in docs/audit.md.
#pragma once

#include <blender_mcpd/core/json.hpp>

#include <string>
#include <vector>

namespace blender_mcpd::app {

struct Comparison {
    std::vector<std::string> differences;  // "result.count: 3, now 4"; empty: the same
    bool with_result = false;              // else the recording does not have it, or it is about
                                           // the process and not about the scene
};

/// Of two lines of event "call".
[[nodiscard]] Comparison compare_calls(const core::Json& recorded, const core::Json& replayed);

}  // namespace blender_mcpd::app
