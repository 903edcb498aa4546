#include "script_names.hpp"

#include <algorithm>

namespace blender_mcpd::guard {

namespace {

constexpr std::size_t max_star_modules = 8;

constexpr std::string_view builtins[] = {
    "__import__", "breakpoint", "bytearray", "bytes", "chr",      "compile",    "delattr",
    "dict",       "dir",        "enumerate", "eval",  "exec",     "exit",       "format",
    "getattr",    "globals",    "hasattr",   "id",    "input",    "isinstance", "iter",
    "len",        "list",       "locals",    "map",   "next",     "object",     "open",
    "ord",        "print",      "quit",      "repr",  "reversed", "set",        "setattr",
    "sorted",     "str",        "super",     "tuple", "type",     "vars",       "zip"};

// These stay what they are even where the script binds the name too: a definition that never runs
// must not hide them.
constexpr std::string_view kept[] = {"__import__", "compile", "eval", "exec", "open"};

template <typename List>
bool holds(const List& list, std::string_view name) {
    return std::binary_search(std::begin(list), std::end(list), name);
}

}  // namespace

ScriptNames::ScriptNames(Values& values) : values_(values) {
    // What the runtime puts into the namespace of every script.
    for (const std::string_view name : {"bpy", "mathutils", "math"})
        bind(name, values_.object(name));
    bind("C", values_.object("bpy.context"));
    bind("D", values_.object("bpy.data"));
    for (const std::string_view name : {"__name__", "__file__", "__package__", "__doc__"})
        bind(name, Value::data());
}

void ScriptNames::change(Binding& binding, const Value& value) {
    if (binding.value.add(value) && binding.read) outdated_ = true;
}

void ScriptNames::bind(std::string_view name, const Value& value) {
    change(bound_[name], value.empty() ? Value::unknown() : value);
}

void ScriptNames::bind_attribute(std::string_view name, const Value& value) {
    Value of_interest;
    for (const auto& atom : value.atoms()) {
        if (atom.kind == Atom::Kind::object && !is_blender_path(values_.name(atom)))
            of_interest.add(atom);
    }
    if (!of_interest.empty()) change(attributes_[name], of_interest);
}

void ScriptNames::bind_all_of(std::string_view module) {
    if (star_modules_.size() >= max_star_modules ||
        std::find(star_modules_.begin(), star_modules_.end(), module) != star_modules_.end())
        return;
    star_modules_.emplace_back(module);
    outdated_ = true;
}

Value ScriptNames::lookup(std::string_view name) {
    auto& binding = bound_[name];
    binding.read = true;
    if (!binding.value.empty() && !holds(kept, name)) return binding.value;
    auto value = binding.value;
    if (holds(builtins, name)) {
        value.add(values_.object(std::string("builtins.").append(name)));
        return value;
    }
    for (const auto& module : star_modules_)
        value.add(values_.object(attribute_path(module, name)));
    if (is_known_module(name)) {
        if (all_bound_) value.add(values_.object(canonical_module(name)));
        outdated_ = outdated_ || !all_bound_;
    }
    return value.empty() ? Value::unknown() : value;
}

Value ScriptNames::lookup_attribute(std::string_view name) {
    auto& binding = attributes_[name];
    binding.read = true;
    return binding.value;
}

}  // namespace blender_mcpd::guard
