// What a call does, by the function that is called and its arguments.
#include "script_judge.hpp"
#include "script_phrases.hpp"

#include <blender_mcpd/guard/secrets.hpp>

#include <algorithm>
#include <string>

namespace blender_mcpd::guard {

namespace {

constexpr auto danger = Severity::danger;
constexpr auto caution = Severity::caution;

// Functions that may be given a module without anything being done with it.
bool only_looks(std::string_view path) {
    constexpr std::string_view harmless[] = {
        "builtins.delattr", "builtins.dir",        "builtins.getattr", "builtins.hasattr",
        "builtins.id",      "builtins.isinstance", "builtins.print",   "builtins.repr",
        "builtins.setattr", "builtins.str",        "builtins.type",    "builtins.vars",
        "importlib.reload"};
    return std::find(std::begin(harmless), std::end(harmless), path) != std::end(harmless) ||
           path.starts_with("inspect.");
}

// Functions whose first argument is the path of a file or folder.
bool takes_path(std::string_view path) {
    constexpr std::string_view functions[] = {
        "builtins.open", "io.open", "codecs.open", "os.open",    "os.listdir",
        "os.scandir",    "os.walk", "glob.glob",   "glob.iglob", "os.readlink"};
    return path.starts_with("pathlib.") || path.starts_with("os.path.") ||
           std::find(std::begin(functions), std::end(functions), path) != std::end(functions);
}

bool writes(std::string_view mode) {
    return mode.substr(0, mode.find_first_of(":|")).find_first_of("wax+") != std::string_view::npos;
}

}  // namespace

void ScriptJudge::on_call(const Call& call) {
    for (const auto path : values_.paths(call.callee))
        judge_path(call, path);
    judge_method(call);
    judge_arguments(call);
}

void ScriptJudge::judge_path(const Call& call, std::string_view path) {
    if (path.starts_with("bpy.")) judge_blender(call, path);
    if (path == "builtins.setattr") judge_setattr(call);
    judge_lookup(call, path);
    if (path == "builtins.__import__" || path == "importlib.__import__") {
        if (const auto* name = call.argument(0, "name")) {
            for (const auto module : values_.texts(name->value))
                on_import(call.offset, canonical_module(module), {});
        }
    }
    const auto* entry = find_path_rule(path);
    if (entry == nullptr) return;
    switch (entry->check) {
        case Check::always:
        case Check::call:
            return report(*entry, path, call.offset);
        case Check::statement:
            return judge_statement(call, *entry, path);
        case Check::in_place:
            if (const auto* in_place = call.argument(1, "inplace");
                in_place != nullptr && in_place->value.only(Atom::Kind::number) != 0)
                report(*entry, path, call.offset);
            return;
        case Check::mode:
            return judge_mode(call, *entry, path, 1);
        case Check::mode_first:
            return judge_mode(call, *entry, path, 0);
        case Check::descriptor:
            return judge_descriptor(call, *entry, path);
        case Check::attribute:
            return judge_getattr(call);
        case Check::mapping:
            return judge_mapping(call, path);
        case Check::import_name:
            return judge_import_name(call, *entry, path);
        case Check::environment:
            return judge_environment(call, *entry, path);
        case Check::attribute_getter:
            return judge_attribute_getter(call, *entry, path);
        case Check::pickled:
            if (const auto* allow = call.argument(2, "allow_pickle");
                allow != nullptr && allow->value.only(Atom::Kind::number) != 0)
                report(*entry, path, call.offset);
            return;
    }
}

void ScriptJudge::judge_blender(const Call& call, std::string_view path) {
    if (path.starts_with("bpy.app.handlers.") &&
        (path.ends_with(".append") || path.ends_with(".insert") || path.ends_with(".extend")))
        report(Rule::blender_persist, caution, call.offset,
               "a handler makes a function run later, at events of Blender");
    const auto enabled = [&](std::string_view keyword) {
        const auto* given = call.argument(call.arguments.size(), keyword);
        return given != nullptr && given->value.only(Atom::Kind::number) != 0;
    };
    if (path == "bpy.app.timers.register" && enabled("persistent"))
        report(Rule::blender_persist, danger, call.offset,
               "a persistent timer makes a function run in files that are opened later");
    if (path == "bpy.ops.wm.open_mainfile" && enabled("use_scripts"))
        report(Rule::blender_run, danger, call.offset,
               "use_scripts runs the scripts of the file that is opened");
}

// setattr(driver, "expression", "...") is an assignment.
void ScriptJudge::judge_setattr(const Call& call) {
    const auto* name = call.argument(1, {});
    const auto* value = call.argument(2, {});
    if (name == nullptr || value == nullptr) return;
    for (const auto text : values_.texts(name->value))
        on_assignment(call.offset, text, value->value);
}

// mapping.get("name") is a subscript.
void ScriptJudge::judge_lookup(const Call& call, std::string_view path) {
    for (const std::string_view method : {".get", ".pop", ".__getitem__"}) {
        const auto* key = call.argument(0, {});
        if (key == nullptr || !path.ends_with(method)) continue;
        const auto mapping = path.substr(0, path.size() - method.size());
        if (mapping == "globals()" || mapping == "sys.modules" || mapping.ends_with(".__dict__"))
            on_subscript(call.offset, values_.object(mapping), key->value);
    }
}

void ScriptJudge::judge_statement(const Call& call, const PathRule& entry, std::string_view path) {
    for (const std::string_view keyword : {"stmt", "setup"}) {
        const auto* code = call.argument(keyword == "stmt" ? 0 : 1, keyword);
        if (code != nullptr && !values_.texts(code->value).empty())
            return report(entry, path, call.offset);
        if (code != nullptr && code->value.may_be_unknown())
            report(entry, path, call.offset, caution);
    }
}

// layout.operator("script.python_file_run"), keymap_items.new("...", 'A', 'PRESS')
void ScriptJudge::judge_operator_name(const Call& call) {
    if (call.attribute != "operator" && call.attribute != "new") return;
    const auto* id = call.argument(0, "operator");
    if (id == nullptr) id = call.argument(0, "idname");
    if (id == nullptr) return;
    for (const auto text : values_.texts(id->value)) {
        const auto* entry = find_operator_rule(text);
        if (entry == nullptr) continue;
        const bool ordinary =
            text.starts_with("wm.");  // links, settings, quit: Blender has them too
        report(entry->rule, ordinary ? caution : entry->severity, call.offset,
               "a button or key calls " + std::string(text) + ", which " + std::string(entry->why));
    }
}

// Calls on objects that are not known: a method's name says enough for some.
void ScriptJudge::judge_method(const Call& call) {
    const auto method = call.attribute;
    if (method.empty()) return;
    judge_operator_name(call);
    if (method == "draw_handler_add")
        return report(Rule::blender_persist, caution, call.offset,
                      "a draw handler makes a function run whenever Blender draws");
    if (method == "as_module")
        return report(Rule::code_dynamic, danger, call.offset, "as_module runs a text block");
    if (method == "format") {
        for (const auto text : values_.texts(call.receiver)) {
            if (text.find(".__") != std::string_view::npos ||
                text.find("[__") != std::string_view::npos)
                report(Rule::code_dunder, danger, call.offset,
                       "a format text reads attributes that lead into the interpreter");
        }
    }
    if (all_of_blender(call.callee)) return;
    for (const auto path : values_.paths(call.callee)) {
        if (find_path_rule(path) != nullptr) return;
    }
    const bool positional = std::any_of(call.arguments.begin(), call.arguments.end(),
                                        [](const Argument& each) { return each.keyword.empty(); });
    // objects.unlink(object) takes what is to be unlinked; a path's unlink() takes nothing.
    if ((method == "unlink" || method == "rmdir") && !positional)
        return report(Rule::file_delete, danger, call.offset,
                      std::string(method) + "() of a path deletes it");
    if (method == "open" && !call.arguments.empty()) {
        const auto mode = values_.only_text(call.arguments.front().value);
        if (mode && !mode->empty() && mode->size() <= 4 && writes(*mode) &&
            mode->find_first_not_of("rwaxbtU+") == std::string_view::npos)
            return report(Rule::file_write, caution, call.offset,
                          "open for writing may change files");
    }
    const auto paths = values_.paths(call.callee);
    if (method == "tofile" && std::any_of(paths.begin(), paths.end(), [](std::string_view path) {
            return root_of(path) == "numpy";
        }))
        return report(Rule::file_write, danger, call.offset, "tofile writes a file");
    const auto* entry = find_method_rule(method);
    if (entry == nullptr) return;
    const bool bare = method == "extractall" || method == "run_script" || method == "quit_blender";
    if (!call.arguments.empty() || bare) report(*entry, method, call.offset);
}

void ScriptJudge::judge_arguments(const Call& call) {
    const auto callees = values_.paths(call.callee);
    const bool looks = std::any_of(callees.begin(), callees.end(), only_looks);
    const bool opens = std::any_of(callees.begin(), callees.end(), takes_path);
    for (const auto& argument : call.arguments) {
        if (!looks) on_escape(argument.offset, argument.value);
        for (const auto path : values_.paths(argument.value)) {
            const auto* entry = find_path_rule(path);
            const bool sure = argument.value.atoms().size() == 1;  // no variable of that name
            if (entry != nullptr && entry->check == Check::mode && sure)
                report(*entry, path, argument.offset, caution);
            if (path == "builtins.getattr" || path == "builtins.vars")
                report(Rule::code_builtins, danger, argument.offset,
                       shown(path) + " is passed on, so that what it reaches is out of sight");
            if (path == "os.environ")
                report(Rule::env_secrets, danger, call.offset,
                       "the whole environment is passed on");
        }
        if (!opens) continue;
        for (const auto text : values_.texts(argument.value)) {
            if (is_secret_path(text))
                report(Rule::env_secrets, is_key_file(text) ? danger : caution, argument.offset,
                       quoted_name(text) + " is where credentials are kept");
        }
    }
}

void ScriptJudge::judge_mode(const Call& call, const PathRule& entry, std::string_view path,
                             std::size_t position) {
    const auto* mode = call.argument(position, "mode");
    if (mode == nullptr || mode->spread) {
        if (call.spreads())
            report(entry.rule, caution, call.offset,
                   shown(path) + " may write: its arguments are not in sight");
        return;
    }
    const auto texts = values_.texts(mode->value);
    if (std::any_of(texts.begin(), texts.end(), writes))
        return report(entry.rule, entry.severity, call.offset,
                      shown(path) + " opens a file for writing");
    if (is_computed(mode->value))
        report(entry.rule, caution, call.offset, shown(path) + " may write: its mode is computed");
}

void ScriptJudge::judge_descriptor(const Call& call, const PathRule& entry, std::string_view path) {
    const auto* flags = call.argument(1, "flags");
    if (flags == nullptr) return;
    if (const auto number = flags->value.only(Atom::Kind::number)) {
        if (*number != 0) report(entry, path, call.offset);
    } else if (flags->value.may_be_unknown()) {  // write flags were told where they are named
        report(entry, path, call.offset, caution);
    }
}

void ScriptJudge::judge_getattr(const Call& call) {
    const auto* receiver = call.argument(0, {});
    const auto* name = call.argument(1, {});
    if (receiver == nullptr || name == nullptr || name->spread) {
        const bool known = receiver != nullptr && !receiver->spread;
        if (call.spreads())
            judge_computed_attribute(call.offset, known ? receiver->value : Value::unknown());
        return;
    }
    for (const auto text : values_.texts(name->value)) {
        if (is_dangerous_dunder(text)) {
            on_attribute(call.offset, receiver->value, text);
        } else if (is_dangerous_name(text) && receiver->value.may_be_unknown()) {
            report(Rule::code_builtins, danger, call.offset,
                   "getattr gets " + quoted_name(text) + " of an object that is not known");
        }
        on_reference(call.offset, values_.attribute(receiver->value, text));
    }
    if (is_computed(name->value)) judge_computed_attribute(call.offset, receiver->value);
}

void ScriptJudge::judge_computed_attribute(std::size_t offset, const Value& receiver) {
    for (const auto path : values_.paths(receiver)) {
        if (is_known_module(path) && !is_blender_path(path))
            return report(Rule::code_builtins, danger, offset,
                          "an attribute of " + shown(path) + " is got by a computed name");
        constexpr std::string_view groups[] = {
            "bpy.ops",      "bpy.ops.wm",          "bpy.ops.script",    "bpy.ops.text",
            "bpy.ops.file", "bpy.ops.preferences", "bpy.ops.extensions"};
        if (std::find(std::begin(groups), std::end(groups), path) != std::end(groups))
            return report(Rule::code_builtins, caution, offset,
                          "an operator is got by a computed name");
    }
}

void ScriptJudge::judge_mapping(const Call& call, std::string_view path) {
    const auto* object = call.argument(0, {});
    if (object == nullptr) return;
    for (const auto module : values_.paths(object->value)) {
        if (is_known_module(module) && !is_blender_path(module))
            report(Rule::code_builtins, danger, call.offset,
                   shown(path) + " reaches the functions of " + shown(module) + " by a detour");
    }
}

void ScriptJudge::judge_import_name(const Call& call, const PathRule& entry,
                                    std::string_view path) {
    const auto* name = call.argument(0, "name");
    if (name == nullptr || is_computed(name->value)) return report(entry, path, call.offset);
    for (const auto module : values_.texts(name->value)) {
        on_import(call.offset, canonical_module(module), {});
        const bool sensitive = is_sensitive_module(root_of(canonical_module(module))) ||
                               find_module_rule(module) != nullptr;
        report(entry.rule, sensitive ? danger : caution, call.offset,
               shown(path) + " imports " + quoted_name(module) + " by a detour");
    }
}

void ScriptJudge::judge_environment(const Call& call, const PathRule& entry,
                                    std::string_view path) {
    const auto* name = call.argument(0, "key");
    if (name == nullptr) return;
    const auto texts = values_.texts(name->value);
    if (is_computed(name->value) || std::any_of(texts.begin(), texts.end(), is_secret_variable))
        report(entry, path, call.offset);
}

void ScriptJudge::judge_attribute_getter(const Call& call, const PathRule& entry,
                                         std::string_view path) {
    for (const auto& argument : call.arguments) {
        const auto texts = values_.texts(argument.value);
        const bool dangerous = std::any_of(texts.begin(), texts.end(), [](std::string_view text) {
            return is_dangerous_name(text) || text.find("__") != std::string_view::npos;
        });
        if (dangerous || is_computed(argument.value)) return report(entry, path, call.offset);
    }
}

}  // namespace blender_mcpd::guard
