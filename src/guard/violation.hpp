// A broken rule, as validation finds it.
#pragma once

#include "path.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace blender_mcpd::guard {

struct Violation {
    std::string path;
    std::size_t depth = 0;    // how far validation got: decides between alternatives
    bool wrong_type = false;  // the value is not even of the right kind
    std::string rule;         // "must be at least 0"
    std::string value;        // the value, cut to a sane length; may be empty
    std::string remedy;
};

/// The first rule that a value breaks, if any.
using Verdict = std::optional<Violation>;

[[nodiscard]] Violation violation(const Path& path, std::string rule, std::string value,
                                  std::string remedy);

/// "path: rule, got value".
[[nodiscard]] core::Error to_error(const Violation& violation);

/// A short text of any value: strings in quotes, arrays and objects by their size.
[[nodiscard]] std::string show(const core::Json& value);

}  // namespace blender_mcpd::guard
