// What a call or a subscript evaluates to, as far as the scan can know: __import__("os") is os,
// getattr(os, "sys" + "tem") is os.system, "".join(["o", "s"]) is "os".
#pragma once

#include "script_names.hpp"
#include "script_values.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace blender_mcpd::guard {

struct Argument {
    std::string_view keyword{};  // empty: positional
    Value value{};
    bool spread = false;     // *args or **kwargs
    std::size_t offset = 0;  // of its first token
};

struct Call {
    std::size_t offset = 0;        // where the expression of the callee begins
    Value callee{};                // all it may be
    std::string_view attribute{};  // the name after its last dot; empty: none
    Value receiver{};              // what is before that dot
    std::vector<Argument> arguments{};
    bool more = false;  // there are more arguments than are listed

    /// Of the argument at that position or with that keyword; nullptr when it is not given.
    [[nodiscard]] const Argument* argument(std::size_t position, std::string_view keyword) const;
    [[nodiscard]] bool spreads() const;
};

/// One part of value[begin:end:step], or the index.
struct Subscript {
    Value receiver{};
    std::vector<Value> parts{};  // empty values where nothing is written
    bool slice = false;
};

[[nodiscard]] Value call_result(Values& values, ScriptNames& names, const Call& call);
[[nodiscard]] Value subscript_result(Values& values, ScriptNames& names,
                                     const Subscript& subscript);

}  // namespace blender_mcpd::guard
