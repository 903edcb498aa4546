// For unordered containers whose keys are strings, and that are asked with views of them.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace blender_mcpd::core {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>()(text);
    }
};

}  // namespace blender_mcpd::core
