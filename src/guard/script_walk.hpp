// Walks over the tokens of a script and says what its expressions do. Not a parser: a stack of open
// brackets with, in each, the operand that is being read and what is known about its value.
#pragma once

#include "python_tokens.hpp"
#include "script_calls.hpp"
#include "script_names.hpp"
#include "script_values.hpp"

#include <cstddef>
#include <string_view>

namespace blender_mcpd::guard {

/// What the walk comes across. Offsets are bytes in the script. All do nothing by default.
class ScriptEvents {
  public:
    virtual ~ScriptEvents() = default;
    /// A name is read.
    virtual void on_name(std::size_t offset, std::string_view name);
    /// receiver.name is read.
    virtual void on_attribute(std::size_t offset, const Value& receiver, std::string_view name);
    /// A name or attribute is read and not called.
    virtual void on_reference(std::size_t offset, const Value& value);
    /// Something of the value is reached by a dot or a subscript.
    virtual void on_step(std::size_t offset, const Value& value);
    virtual void on_call(const Call& call);
    /// receiver[index] is read.
    virtual void on_subscript(std::size_t offset, const Value& receiver, const Value& index);
    /// receiver[index] = value
    virtual void on_item_assignment(std::size_t offset, const Value& receiver, const Value& index);
    /// import module (name empty), from module import name. Relative ones are not told.
    virtual void on_import(std::size_t offset, std::string_view module, std::string_view name);
    /// anything.name = value
    virtual void on_assignment(std::size_t offset, std::string_view name, const Value& value);
    /// The value goes where the walk cannot follow.
    virtual void on_escape(std::size_t offset, const Value& value);
};

/// One pass over the tokens. Adds to `names` what is bound; tells `events`. Linear.
void walk_script(const PythonTokens& tokens, Values& values, ScriptNames& names,
                 ScriptEvents& events);

/// Learns all bindings first (at most four passes), then tells what happens.
void walk_script_knowing_names(const PythonTokens& tokens, Values& values, ScriptEvents& events);

}  // namespace blender_mcpd::guard
