#include "script_judge.hpp"

#include "script_phrases.hpp"

#include <blender_mcpd/guard/secrets.hpp>

#include <algorithm>
#include <utility>

namespace blender_mcpd::guard {

namespace {

constexpr auto danger = Severity::danger;
constexpr auto caution = Severity::caution;

// Constants and exceptions of a module, all of which is else told: subprocess.PIPE.
bool only_names_something(const PathRule& entry, std::string_view path) {
    if (!entry.path.ends_with(".*")) return false;
    const auto last = path.substr(path.rfind('.') + 1);
    return last.ends_with("Error") || last.ends_with("Exception") || last == "exceptions" ||
           std::all_of(last.begin(), last.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

}  // namespace

void RawFindings::add(RawFinding finding) {
    const auto place = finding.offset * rule_count + static_cast<std::size_t>(finding.rule);
    const auto [known, first] = places_.try_emplace(place, finding.severity);
    if (!first) {
        if (known->second >= finding.severity) return;
        --counts_[{finding.rule, known->second}];
        std::erase_if(listed_, [&](const RawFinding& each) {
            return each.rule == finding.rule && each.offset == finding.offset;
        });
        known->second = finding.severity;
    }
    if (++counts_[{finding.rule, finding.severity}] <= max_listed_per_kind)
        listed_.push_back(std::move(finding));
}

void ScriptJudge::report(Rule rule, Severity severity, std::size_t offset, std::string message) {
    findings_.add({rule, severity, offset, std::move(message)});
}

void ScriptJudge::report(const PathRule& entry, std::string_view path, std::size_t offset) {
    report(entry, path, offset, entry.severity);
}

void ScriptJudge::report(const PathRule& entry, std::string_view path, std::size_t offset,
                         Severity severity) {
    report(entry.rule, severity, offset, shown(path) + " " + std::string(entry.why));
}

const PathRule* ScriptJudge::rule_of(const Atom& atom) {
    const auto [known, first] = rules_.try_emplace(atom.id, nullptr);
    if (first) known->second = find_path_rule(values_.name(atom));
    return known->second;
}

bool ScriptJudge::all_of_blender(const Value& value) const {
    const auto paths = values_.paths(value);
    return !value.may_be_unknown() && !paths.empty() &&
           std::all_of(paths.begin(), paths.end(), is_blender_path);
}

void ScriptJudge::on_name(std::size_t offset, std::string_view name) {
    if (name == "__builtins__")
        report(Rule::code_builtins, danger, offset,
               "__builtins__ reaches built-in functions by a detour");
    if (name == "__loader__" || name == "__spec__")
        report(Rule::code_dunder, danger, offset,
               std::string(name) + " reaches the import machinery");
}

void ScriptJudge::on_attribute(std::size_t offset, const Value& receiver, std::string_view name) {
    if (!is_dangerous_dunder(name)) return;
    // Registered classes are found by way of their bases.
    const bool classes = name == "__subclasses__" || name == "__bases__" || name == "__mro__" ||
                         name == "__base__" || name == "mro";
    report(Rule::code_dunder, classes && all_of_blender(receiver) ? caution : danger, offset,
           std::string(name) + " leads from an object into the interpreter");
}

void ScriptJudge::on_reference(std::size_t offset, const Value& value) {
    for (const auto& atom : value.atoms()) {
        if (atom.kind != Atom::Kind::object) continue;
        const auto path = values_.name(atom);
        const auto* entry = rule_of(atom);
        if (entry != nullptr && entry->check == Check::always &&
            !only_names_something(*entry, path))
            report(*entry, path, offset);
        if (path == "sys.modules")
            report(Rule::code_builtins, caution, offset, "sys.modules holds every loaded module");
    }
}

void ScriptJudge::on_step(std::size_t offset, const Value& value) {
    for (const auto& atom : value.atoms()) {
        if (atom.kind != Atom::Kind::object) continue;
        const auto path = values_.name(atom);
        const auto* entry = rule_of(atom);
        // What is read of the environment decides, see on_subscript and judge_environment.
        if (entry != nullptr && entry->check == Check::always && entry->rule != Rule::env_secrets &&
            !only_names_something(*entry, path))
            report(*entry, path, offset);
    }
}

void ScriptJudge::on_subscript(std::size_t offset, const Value& receiver, const Value& index) {
    const auto texts = values_.texts(index);
    if (receiver.may_be_unknown()) {
        for (const auto text : texts) {
            if (is_dangerous_name(text) && text != "modules" && text != "compile")
                report(Rule::code_builtins, danger, offset,
                       "[" + quoted_name(text) + "] reaches a function by a detour");
        }
    }
    for (const auto path : values_.paths(receiver)) {
        if (path == "sys.modules") {
            for (const auto text : texts) {
                const auto module = canonical_module(text);
                if (is_sensitive_module(root_of(module)) || find_module_rule(module) != nullptr)
                    report(Rule::code_builtins, danger, offset,
                           "sys.modules reaches " + quoted_name(text) + " by a detour");
            }
            if (is_computed(index))
                report(Rule::code_builtins, caution, offset,
                       "sys.modules reaches a module by a computed name");
        } else if (path == "globals()" &&
                   std::any_of(texts.begin(), texts.end(), is_dangerous_name)) {
            report(Rule::code_builtins, danger, offset,
                   "the namespace of the script reaches built-in functions by a detour");
        } else if (path == "globals()" && is_computed(index)) {
            report(Rule::code_builtins, caution, offset, "a name is looked up by a computed text");
        } else if (path.starts_with("os.environ")) {
            if (is_computed(index) || std::any_of(texts.begin(), texts.end(), is_secret_variable))
                report(Rule::env_secrets, caution, offset,
                       "os.environ reads a credential from the environment");
        } else if (path.ends_with(".__dict__") && is_computed(index)) {
            judge_computed_attribute(
                offset,
                values_.object(path.substr(0, path.size() - std::string_view(".__dict__").size())));
        }
    }
}

void ScriptJudge::on_item_assignment(std::size_t offset, const Value& receiver,
                                     const Value& index) {
    const auto decides_what_runs = [](std::string_view variable) {
        return variable == "PATH" || variable.starts_with("LD_") || variable.starts_with("DYLD_") ||
               variable.starts_with("PYTHON");
    };
    for (const auto path : values_.paths(receiver)) {
        if (path == "os.environ") {
            const auto texts = values_.texts(index);
            if (std::any_of(texts.begin(), texts.end(), decides_what_runs))
                report(Rule::process_run, danger, offset,
                       "this variable decides which programs and libraries are run");
            if (is_computed(index))
                report(Rule::process_run, caution, offset, "the environment is changed");
        } else if (path == "sys.path") {
            report(Rule::code_dynamic, caution, offset, "sys.path changes what imports find");
        } else if (path == "sys.modules") {
            report(Rule::code_builtins, caution, offset, "sys.modules decides what imports give");
        }
    }
}

void ScriptJudge::on_import(std::size_t offset, std::string_view module, std::string_view name) {
    check_allowed(offset, module, name);
    if (const auto* entry = find_module_rule(module)) report(*entry, module, offset);
    if (name.empty()) return;
    if (name == "*") {
        if (is_sensitive_module(module))
            report(Rule::code_builtins, caution, offset,
                   "all names of " + std::string(module) + " become names of the script");
        return;
    }
    const auto path = attribute_path(module, name);
    if (const auto* entry = find_module_rule(path)) report(*entry, path, offset);
    on_reference(offset, values_.object(path));
}

void ScriptJudge::on_assignment(std::size_t offset, std::string_view name, const Value& value) {
    if (name == "expression" || name == "script_expression") {
        for (const auto text : values_.texts(value)) {
            if (embedded_.size() < max_embedded) embedded_.push_back({offset, text});
        }
    }
    if (name == "script_directory")
        report(Rule::blender_persist, danger, offset,
               "script_directory is where Blender takes code from when it starts");
    const bool enabled = value.only(Atom::Kind::number) != 0;
    if (name == "use_module" && enabled)
        report(Rule::blender_persist, danger, offset,
               "use_module makes a text block run whenever the file is opened");
    if (name == "use_scripts_auto_execute" && enabled)
        report(Rule::blender_persist, danger, offset,
               "use_scripts_auto_execute lets files run their code when they are opened");
}

void ScriptJudge::on_escape(std::size_t offset, const Value& value) {
    for (const auto path : values_.paths(value)) {
        if (!is_sensitive_module(path)) continue;
        report(Rule::code_builtins, path == "sys" || path == "io" ? caution : danger, offset,
               "the module " + std::string(path) +
                   " is passed on, so that what is called on it is out of sight");
    }
}

bool ScriptJudge::is_allowed(std::string_view module) const {
    return std::any_of(allowed_modules_.begin(), allowed_modules_.end(),
                       [&](const std::string& allowed) {
                           return module == allowed ||
                                  (module.starts_with(allowed) && module[allowed.size()] == '.');
                       });
}

void ScriptJudge::check_allowed(std::size_t offset, std::string_view module,
                                std::string_view name) {
    if (allowed_modules_.empty() || is_allowed(module)) return;
    if (!name.empty() && is_allowed(std::string(module).append(".").append(name))) return;
    report(Rule::import_not_allowed, danger, offset,
           quoted_name(module) + " is not in the list of modules that may be imported");
}

}  // namespace blender_mcpd::guard
