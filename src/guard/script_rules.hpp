// The rules of the script policy: what they are called, and which dotted paths they are about.
#pragma once

#include <blender_mcpd/guard/script_policy.hpp>

#include <cstdint>
#include <string_view>

namespace blender_mcpd::guard {

enum class Rule : std::uint8_t {
    process_run,
    code_dynamic,
    code_builtins,
    code_dunder,
    native_ctypes,
    network_open,
    file_write,
    file_delete,
    env_secrets,
    blender_persist,
    blender_file,
    blender_run,
    import_not_allowed,
    script_too_large,
    script_unscannable,
};

inline constexpr std::size_t rule_count = 15;

[[nodiscard]] const ScriptRule& describe_rule(Rule rule);

/// What decides about a call, beyond that it is one.
enum class Check : std::uint8_t {
    always,            // reading the name is enough
    call,              // only calling it
    mode,              // open(path, mode): the second argument
    mode_first,        // Path.open(mode)
    descriptor,        // os.open(path, flags)
    attribute,         // getattr(object, name)
    mapping,           // vars(object): what is passed on is judged
    import_name,       // import_module("name")
    environment,       // os.getenv("NAME")
    attribute_getter,  // operator.attrgetter("name")
    statement,         // timeit.timeit("code")
    in_place,          // fileinput.input(inplace=True)
    pickled,           // numpy.load(allow_pickle=True)
};

struct PathRule {
    std::string_view path;  // dotted; "x.*" is all below x, "x.y*" all of x that begins with y
    Rule rule;
    Severity severity;
    Check check;
    std::string_view why;  // behind the path: "os.system {why}"
};

/// The entry for that path, or nullptr.
[[nodiscard]] const PathRule* find_path_rule(std::string_view path);

/// The entry for importing that module, or nullptr.
[[nodiscard]] const PathRule* find_module_rule(std::string_view module);

/// The entry for calling a method of that name on an object that is not known, or nullptr.
[[nodiscard]] const PathRule* find_method_rule(std::string_view method);

/// The entry for an operator that is named by a text, as buttons and keys do: "wm.url_open".
[[nodiscard]] const PathRule* find_operator_rule(std::string_view id);

/// Attributes such as __globals__ that lead out of an object into the interpreter.
[[nodiscard]] bool is_dangerous_dunder(std::string_view name);

/// Names that are dangerous to get by a text: getattr(x, "system"), x["eval"].
[[nodiscard]] bool is_dangerous_name(std::string_view name);

/// Modules that are not to be passed on as a value: what is called on them then is out of sight.
[[nodiscard]] bool is_sensitive_module(std::string_view path);

}  // namespace blender_mcpd::guard
