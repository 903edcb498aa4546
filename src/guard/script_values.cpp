#include "script_values.hpp"

#include <algorithm>
#include <utility>

namespace blender_mcpd::guard {

namespace {

constexpr std::size_t max_path_bytes = 96;

struct OtherName {
    std::string_view name;
    std::string_view canonical;
};

// Modules that are the same as another, or hold the same functions.
constexpr OtherName other_modules[] = {
    {"posix", "os"},
    {"nt", "os"},
    {"_io", "io"},
    {"_pyio", "io"},
    {"_socket", "socket"},
    {"__builtin__", "builtins"},
    {"__builtins__", "builtins"},
    {"_pickle", "pickle"},
    {"cPickle", "pickle"},
    {"_ctypes", "ctypes"},
    {"urllib2", "urllib.request"},
    {"_imp", "imp"},
    {"_frozen_importlib", "importlib"},
    {"_frozen_importlib_external", "importlib"},
    {"multiprocess", "multiprocessing"},
};

// Attributes of modules that hold another module. Half the standard library imports os.
constexpr OtherName module_attributes[] = {
    {"os", "os"},
    {"_os", "os"},
    {"sys", "sys"},
    {"_sys", "sys"},
    {"subprocess", "subprocess"},
    {"_subprocess", "subprocess"},
    {"builtins", "builtins"},
    {"_builtins", "builtins"},
    {"__builtins__", "builtins"},
    {"shutil", "shutil"},
    {"_shutil", "shutil"},
    {"importlib", "importlib"},
    {"ctypes", "ctypes"},
    {"posix", "os"},
};

constexpr std::string_view known_modules[] = {
    "__builtins__",
    "_bpy",
    "_ctypes",
    "_frozen_importlib",
    "_frozen_importlib_external",
    "_imp",
    "_io",
    "_pickle",
    "_posixsubprocess",
    "_pyio",
    "_socket",
    "addon_utils",
    "asyncio",
    "atexit",
    "base64",
    "binascii",
    "bmesh",
    "bpy",
    "builtins",
    "bz2",
    "cffi",
    "code",
    "codecs",
    "codeop",
    "concurrent",
    "ctypes",
    "dbm",
    "fileinput",
    "ftplib",
    "functools",
    "gc",
    "glob",
    "gzip",
    "http",
    "imaplib",
    "imp",
    "importlib",
    "inspect",
    "io",
    "logging",
    "lzma",
    "marshal",
    "math",
    "mathutils",
    "mmap",
    "multiprocessing",
    "nt",
    "operator",
    "os",
    "paramiko",
    "pathlib",
    "pickle",
    "pkgutil",
    "poplib",
    "posix",
    "pty",
    "requests",
    "runpy",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tarfile",
    "telnetlib",
    "tempfile",
    "timeit",
    "types",
    "urllib",
    "urllib2",
    "webbrowser",
    "xmlrpc",
    "zipfile",
    "zipimport",
};

constexpr std::string_view path_methods[] = {
    "absolute", "cwd",       "expanduser",    "glob",      "home",        "iterdir",
    "joinpath", "parent",    "parents",       "readlink",  "relative_to", "resolve",
    "rglob",    "with_name", "with_segments", "with_stem", "with_suffix",
};

constexpr std::string_view path_instance = "pathlib.Path()";

// A code of a printable character, as bytes([111, 115]) spells a name.
bool is_character(const Value& value) {
    const auto number = value.only(Atom::Kind::number);
    return number && *number >= 0x20 && *number < 0x7F;
}

bool can_matter(const Value& value) {
    return std::any_of(value.atoms().begin(), value.atoms().end(), [](const Atom& atom) {
        return atom.kind == Atom::Kind::text || atom.kind == Atom::Kind::sequence ||
               atom.kind == Atom::Kind::object;
    });
}

int worth(Atom::Kind kind) {
    return static_cast<int>(kind);
}

}  // namespace

bool Value::add(Atom atom) {
    if (std::find(atoms_.begin(), atoms_.begin() + size_, atom) != atoms_.begin() + size_)
        return false;
    if (size_ < max_alternatives) {
        atoms_[size_++] = atom;
        return true;
    }
    // The first place is kept for the fact that there is more than is listed.
    const bool marked = atoms_[0].kind == Atom::Kind::unknown;
    atoms_[0] = {};
    const auto least = std::min_element(
        atoms_.begin() + 1, atoms_.end(),
        [](const Atom& a, const Atom& b) { return worth(a.kind) < worth(b.kind); });
    if (worth(least->kind) >= worth(atom.kind)) return !marked;
    *least = atom;
    return true;
}

bool Value::add(const Value& other) {
    bool changed = false;
    for (const auto& atom : other.atoms())
        changed = add(atom) || changed;
    return changed;
}

std::optional<std::int32_t> Value::only(Atom::Kind kind) const {
    if (size_ != 1 || atoms_[0].kind != kind) return std::nullopt;
    return atoms_[0].id;
}

bool Value::may_be_unknown() const {
    return size_ == 0 || std::any_of(atoms_.begin(), atoms_.begin() + size_, [](const Atom& atom) {
               return atom.kind == Atom::Kind::unknown;
           });
}

std::int32_t Values::intern(std::string_view text) {
    if (const auto known = ids_.find(text); known != ids_.end()) return known->second;
    if (exhausted()) return 0;
    constexpr std::size_t overhead = 100;
    derived_bytes_ += text.size() + overhead;
    const auto id = static_cast<std::int32_t>(names_.size());
    ids_.emplace(names_.emplace_back(text), id);
    return id;
}

Value Values::sequence(std::vector<Value> elements) {
    const bool kept = std::any_of(elements.begin(), elements.end(), can_matter) ||
                      std::all_of(elements.begin(), elements.end(), is_character);
    if (elements.empty() || elements.size() > max_sequence || !kept || exhausted())
        return Value::data();
    derived_bytes_ += elements.size() * sizeof(Value);
    const auto id = static_cast<std::int32_t>(sequences_.size());
    sequences_.push_back(std::move(elements));
    return {Atom::Kind::sequence, id};
}

std::vector<std::string_view> Values::texts(const Value& value) const {
    std::vector<std::string_view> found;
    for (const auto& atom : value.atoms()) {
        if (atom.kind == Atom::Kind::text && name(atom).size() <= max_text_bytes)
            found.push_back(name(atom));
    }
    return found;
}

std::vector<std::string_view> Values::paths(const Value& value) const {
    std::vector<std::string_view> found;
    for (const auto& atom : value.atoms()) {
        if (atom.kind == Atom::Kind::object) found.push_back(name(atom));
    }
    return found;
}

std::optional<std::string_view> Values::only_text(const Value& value) const {
    const auto id = value.only(Atom::Kind::text);
    if (!id || name(*id).size() > max_text_bytes) return std::nullopt;
    return name(*id);
}

Value Values::attribute(const Value& value, std::string_view name) {
    Value result;
    if (value.may_be_unknown()) {
        const auto module = attribute_path("", name);
        result.add(module.empty() ? Value::unknown() : object(module));
    }
    for (const auto& atom : value.atoms()) {
        if (atom.kind == Atom::Kind::object)
            result.add(Atom{Atom::Kind::object, attribute_of(atom.id, name)});
    }
    return result;
}

std::int32_t Values::attribute_of(std::int32_t path, std::string_view name) {
    const auto key =
        static_cast<std::uint64_t>(path) << 32U | static_cast<std::uint32_t>(intern(name));
    if (const auto known = attributes_.find(key); known != attributes_.end()) return known->second;
    const auto id = intern(attribute_path(this->name(path), name));
    if (!exhausted()) attributes_.emplace(key, id);
    return id;
}

Value Values::element(const Value& value) {
    Value result;
    for (const auto& atom : value.atoms()) {
        if (atom.kind == Atom::Kind::sequence) {
            for (const auto& each : elements(atom))
                result.add(each);
        } else if (atom.kind == Atom::Kind::object) {
            const auto path = name(atom);
            if (path == path_instance || path.ends_with("[]")) {
                result.add(atom);
            } else {
                result.add(object(std::string(path) + "[]"));
            }
        } else if (atom.kind == Atom::Kind::unknown) {
            result.add(Value::unknown());
        }
    }
    return result;
}

Value Values::concatenated(const Value& left, const Value& right) {
    const auto lefts = texts(left);
    const auto rights = texts(right);
    if (lefts.size() != left.atoms().size() || rights.size() != right.atoms().size() ||
        lefts.empty() || rights.empty())
        return left.may_be_unknown() || right.may_be_unknown() || !lefts.empty() || !rights.empty()
                   ? Value::unknown()
                   : Value::data();
    Value result;
    for (const auto first : lefts) {
        for (const auto second : rights) {
            if (first.size() + second.size() > max_folded_bytes) return Value::unknown();
            result.add(text(std::string(first).append(second)));
        }
    }
    return result;
}

Value Values::divided(const Value& left, const Value& right) {
    for (const auto* side : {&left, &right}) {
        for (const auto path : paths(*side)) {
            if (path == path_instance) return object(path_instance);
        }
    }
    return left.may_be_unknown() || right.may_be_unknown() ? Value::unknown() : Value::data();
}

std::string_view root_of(std::string_view path) {
    return path.substr(0, path.find_first_of(".["));
}

bool is_blender_path(std::string_view path) {
    const auto root = root_of(path);
    return root == "bpy" || root == "bmesh" || root == "mathutils" || root == "math";
}

bool is_known_module(std::string_view name) {
    return std::binary_search(std::begin(known_modules), std::end(known_modules), name);
}

std::string canonical_module(std::string_view module) {
    const auto root = root_of(module);
    for (const auto& other : other_modules) {
        if (other.name == root)
            return std::string(other.canonical).append(module.substr(root.size()));
    }
    return std::string(module);
}

std::string attribute_path(std::string_view path, std::string_view name) {
    for (const auto& known : module_attributes) {
        if (known.name == name) return std::string(known.canonical);
    }
    if (path.empty()) return {};
    if (name == "__call__") return std::string(path);
    if (path == path_instance &&
        std::find(std::begin(path_methods), std::end(path_methods), name) != std::end(path_methods))
        return std::string(path_instance);
    if (path == "pathlib" && (name == "PosixPath" || name == "WindowsPath")) return "pathlib.Path";
    if (path == "pathlib.Path" && (name == "home" || name == "cwd"))
        return std::string(path_instance);
    std::string longer;
    longer.reserve(path.size() + name.size() + 1);
    longer.append(path).append(".").append(name);
    if (longer.size() > max_path_bytes) return std::string(root_of(path)).append(".…");
    return canonical_module(longer);
}

}  // namespace blender_mcpd::guard
