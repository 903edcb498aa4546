// What the names of a script may be bound to. One flat scope: a name is everything that it is bound
// to anywhere in the script, so that the order of definitions hides nothing.
#pragma once

#include "script_values.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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

    [[nodiscard]] Value lookup(std::string_view name);
    /// Empty when the script never sets an attribute of this name.
    [[nodiscard]] Value lookup_attribute(std::string_view name);

    /// From now on a name that the script binds nowhere may be a module that the session remembers.
    void all_bound() { all_bound_ = true; }

    /// True when a name was read before all that it is bound to was known, so that another pass
    /// over the script would learn more. Begins anew.
    [[nodiscard]] bool take_outdated() { return std::exchange(outdated_, false); }

  private:
    struct Binding {
        Value value{};  // empty: not bound so far
        bool read = false;
    };
    void change(Binding& binding, const Value& value);

    Values& values_;
    std::unordered_map<std::string_view, Binding> bound_;  // names live in the token list
    std::unordered_map<std::string_view, Binding> attributes_;
    std::vector<std::string> star_modules_;
    bool all_bound_ = false;
    bool outdated_ = false;
};

}  // namespace blender_mcpd::guard
