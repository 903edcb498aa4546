// Parts of statements that are read straight from the tokens: imports and the targets of
// assignments.
#pragma once

#include "python_tokens.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::guard {

struct ImportedModule {
    std::string module{};      // dotted
    std::string_view bound{};  // the name it gets
    bool renamed = false;      // import x as y
    std::size_t offset = 0;
};

struct ImportStatement {
    std::vector<ImportedModule> modules{};
    std::size_t end = 0;  // index of the first token behind it
};

struct ImportedName {
    std::string_view name{};
    std::string_view bound{};
    std::size_t offset = 0;
};

struct FromImportStatement {
    std::string module{};
    bool relative = false;
    std::vector<ImportedName> names{};
    std::size_t end = 0;
};

/// import a.b as c, d. `begin` is the index of the keyword.
[[nodiscard]] ImportStatement read_import(std::span<const PythonToken> tokens, std::size_t begin);

/// from .a import (b as c, d). `begin` is the index of the keyword `from`.
[[nodiscard]] FromImportStatement read_from_import(std::span<const PythonToken> tokens,
                                                   std::size_t begin);

/// The names that an assignment to these tokens binds. Empty for attributes and items.
[[nodiscard]] std::vector<std::string_view> target_names(std::span<const PythonToken> target);

/// x.y
[[nodiscard]] bool ends_with_attribute(std::span<const PythonToken> target);

/// A name or a dotted name: what may stand before the colon of an annotation.
[[nodiscard]] bool is_plain_target(std::span<const PythonToken> target);

}  // namespace blender_mcpd::guard
