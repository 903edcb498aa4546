#include "script_phrases.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>

namespace blender_mcpd::guard {

std::string quoted_name(std::string_view name) {
    return "\"" + core::excerpt(name, 40) + "\"";
}

std::string shown(std::string_view path) {
    for (const std::string_view prefix : {"builtins.", "pathlib."}) {
        if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
    }
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.substr(i, 2) == "()") {
            ++i;
        } else {
            out += path[i];
        }
    }
    return out;
}

bool is_computed(const Value& value) {
    return value.may_be_unknown() ||
           std::any_of(value.atoms().begin(), value.atoms().end(),
                       [](const Atom& atom) { return atom.kind == Atom::Kind::object; });
}

}  // namespace blender_mcpd::guard
