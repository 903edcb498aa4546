// What the names of a script may be bound to. One flat scope: a name is everything that it is bound
// to anywhere in the script, so that the order of definitions hides nothing.
#pragma once

#include "script_values.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace blender_mcpd::guard {

class ScriptNames {
  public:
    explicit ScriptNames(Values& values);

    void bind(std::string_view name, const Value& value);
    /// `anything.name = value`: seen again wherever that attribute is read from an unknown object.
    void bind_attribute(std::string_view name, const Value& value);
    /// from `module` import *
    void bind_all_of(std::string_view module);

    [[nodiscard]] Value lookup(std::string_view name) const;
    /// Empty when the script never sets an attribute of this name.
    [[nodiscard]] Value lookup_attribute(std::string_view name) const;

    /// From now on a name that the script binds nowhere may be a module that the session remembers.
    void all_bound() { all_bound_ = true; }

    /// Grows with every change. When a pass over the script does not change it, all is known.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }

  private:
    Values& values_;
    std::unordered_map<std::string_view, Value> bound_;  // names live in the token list
    std::unordered_map<std::string_view, Value> attributes_;
    std::vector<std::string> star_modules_;
    bool all_bound_ = false;
    std::uint64_t changes_ = 0;
};

}  // namespace blender_mcpd::guard
