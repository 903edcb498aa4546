#include "suggest.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>

namespace blender_mcpd::guard {
namespace {

/// A name in the wrong case is far by edit distance and near to the eye.
std::string closest(std::string_view word, std::span<const std::string> allowed) {
    if (word.empty()) return {};
    const auto wanted = core::lower_case(word);
    const auto same = std::find_if(allowed.begin(), allowed.end(), [&](const auto& name) {
        return core::lower_case(name) == wanted;
    });
    return same != allowed.end() ? *same : core::nearest(word, allowed);
}

}  // namespace

std::string suggest(std::string_view word, std::span<const std::string> allowed) {
    if (allowed.empty()) return "None is allowed here";
    std::string out;
    if (const auto meant = closest(word, allowed); !meant.empty())
        out = "Did you mean \"" + meant + "\"? ";
    out += "Allowed: ";
    for (std::size_t i = 0; i < allowed.size(); ++i) {
        if (i > 0) out += ", ";
        out += allowed[i];
    }
    return out;
}

}  // namespace blender_mcpd::guard
