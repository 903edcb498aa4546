#include "script_rules.hpp"

#include "script_tables.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

namespace blender_mcpd::guard {

namespace {

constexpr std::string_view dunders[] = {
    "__base__",    "__bases__",    "__builtins__",
    "__closure__", "__code__",     "__getattribute__",
    "__globals__", "__import__",   "__loader__",
    "__mro__",     "__reduce__",   "__reduce_ex__",
    "__self__",    "__spec__",     "__subclasses__",
    "ag_frame",    "cr_frame",     "f_back",
    "f_builtins",  "f_globals",    "f_locals",
    "func_code",   "func_globals", "gi_code",
    "gi_frame",    "mro",          "tb_frame",
};

constexpr std::string_view dangerous_names[] = {
    "Popen",         "__import__", "check_call", "check_output", "compile",
    "eval",          "exec",       "execl",      "execle",       "execlp",
    "execv",         "execve",     "execvp",     "fork",         "getoutput",
    "import_module", "modules",    "popen",      "posix_spawn",  "python_file_run",
    "rmtree",        "run_script", "spawnl",     "spawnv",       "startfile",
    "system",        "url_open",
};

constexpr std::string_view sensitive_modules[] = {"builtins", "importlib",  "io", "os",
                                                  "shutil",   "subprocess", "sys"};

// All entries by their text, and the families ("os.exec*") by what is before the star.
class PathIndex {
  public:
    PathIndex() {
        for (const auto& entry : path_rule_table()) {
            auto path = entry.path;
            if (path.ends_with(".*")) {
                modules_.emplace(path.substr(0, path.size() - 2), &entry);
            } else if (path.ends_with("*")) {
                families_.emplace_back(path.substr(0, path.size() - 1), &entry);
            } else {
                exact_.emplace(path, &entry);
            }
        }
    }

    [[nodiscard]] const PathRule* find(std::string_view path) const {
        if (const auto found = exact_.find(path); found != exact_.end()) return found->second;
        // What an object does that such a function returned was told when it was made.
        if (path.find_first_of("([") != std::string_view::npos) return nullptr;
        for (const auto& [prefix, entry] : families_) {
            if (path.starts_with(prefix) && path.find('.', prefix.size()) == path.npos)
                return entry;
        }
        for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
             dot = path.rfind('.', dot - 1)) {
            if (const auto found = modules_.find(path.substr(0, dot)); found != modules_.end())
                return found->second;
        }
        return nullptr;
    }

  private:
    std::unordered_map<std::string_view, const PathRule*> exact_;
    std::unordered_map<std::string_view, const PathRule*> modules_;
    std::vector<std::pair<std::string_view, const PathRule*>> families_;
};

template <typename List>
const PathRule* find_in(const List& list, std::string_view path) {
    const auto found = std::find_if(std::begin(list), std::end(list),
                                    [&](const PathRule& entry) { return entry.path == path; });
    return found == std::end(list) ? nullptr : &*found;
}

template <typename List>
bool holds(const List& list, std::string_view name) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

}  // namespace

std::vector<std::string> rule_ids() {
    std::vector<std::string> ids;
    for (const auto& rule : script_rules())
        ids.emplace_back(rule.id);
    return ids;
}

const ScriptRule& describe_rule(Rule rule) {
    return script_rules()[static_cast<std::size_t>(rule)];
}

const PathRule* find_path_rule(std::string_view path) {
    static const PathIndex index;
    return index.find(path);
}

const PathRule* find_module_rule(std::string_view module) {
    for (auto end = module.size(); end != std::string_view::npos && end > 0;
         end = module.rfind('.', end - 1)) {
        if (const auto* found = find_in(module_rule_table(), module.substr(0, end))) return found;
    }
    return nullptr;
}

const PathRule* find_method_rule(std::string_view method) {
    return find_in(method_rule_table(), method);
}

const PathRule* find_operator_rule(std::string_view id) {
    if (id.find('.') == std::string_view::npos) return nullptr;
    const auto* entry = find_path_rule(std::string("bpy.ops.").append(id));
    return entry != nullptr && entry->rule == Rule::blender_run ? entry : nullptr;
}

bool is_dangerous_dunder(std::string_view name) {
    static_assert(std::is_sorted(std::begin(dunders), std::end(dunders)));
    return std::binary_search(std::begin(dunders), std::end(dunders), name);
}

bool is_dangerous_name(std::string_view name) {
    return holds(dangerous_names, name) || is_dangerous_dunder(name);
}

bool is_sensitive_module(std::string_view path) {
    return holds(sensitive_modules, path);
}

}  // namespace blender_mcpd::guard
