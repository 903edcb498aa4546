#include "script_calls.hpp"

#include "python_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace blender_mcpd::guard {

namespace {

constexpr std::string_view dict_suffix = ".__dict__";
constexpr std::string_view namespace_path = "globals()";

// Functions whose result is their argument, or something of the same kind.
constexpr std::string_view passes_on[] = {
    "builtins.enumerate", "builtins.iter", "builtins.list", "builtins.reversed", "builtins.sorted",
    "builtins.tuple",     "copy.copy",     "copy.deepcopy", "functools.partial", "importlib.reload",
};

class CallEvaluator {
  public:
    CallEvaluator(Values& values, ScriptNames& names, const Call& call)
        : values_(values), names_(names), call_(call) {}

    Value result() {
        Value result;
        if (call_.callee.may_be_unknown()) result.add(text_method());
        for (const auto& atom : call_.callee.atoms()) {
            if (atom.kind == Atom::Kind::object) result.add(of_path(values_.name(atom)));
        }
        return result.empty() ? Value::unknown() : result;
    }

  private:
    [[nodiscard]] Value argument(std::size_t position, std::string_view keyword = {}) const {
        const auto* found = call_.argument(position, keyword);
        return found == nullptr || found->spread ? Value() : found->value;
    }

    Value of_path(std::string_view path) {
        if (path == "builtins.__import__" || path == "importlib.import_module" ||
            path == "importlib.__import__")
            return imported(path != "importlib.import_module");
        if (path == "builtins.getattr" || path.ends_with(".__getattribute__") ||
            path.ends_with(".__getattr__"))
            return got_attribute(path);
        if (path == "builtins.vars" && call_.arguments.empty())
            return values_.object(namespace_path);
        if (path == "builtins.vars") return with_suffix(argument(0), dict_suffix);
        if (path == "builtins.globals" || path == "builtins.locals")
            return values_.object(namespace_path);
        if (path.ends_with(".get") || path.ends_with(".pop") || path.ends_with(".__getitem__")) {
            if (const auto got = from_mapping(path.substr(0, path.rfind('.')))) return *got;
        }
        if (path == "builtins.chr") return character(argument(0));
        if (path == "builtins.str" || path == "builtins.bytes" || path == "builtins.bytearray")
            return made_text(argument(0));
        if (path == "builtins.map") return mapped();
        if (path == "builtins.next") return values_.element(argument(0));
        if (std::find(std::begin(passes_on), std::end(passes_on), path) != std::end(passes_on))
            return argument(0);
        if (path.starts_with("pathlib.Path()")) return values_.object("pathlib.Path()");
        if (path.ends_with("()")) return values_.object(path);
        return values_.object(std::string(path) + "()");
    }

    Value imported(bool top_level_only) {
        Value result;
        const auto name = argument(0, "name");
        for (const auto text : values_.texts(name)) {
            const auto module = canonical_module(text);
            result.add(values_.object(module));
            if (top_level_only) result.add(values_.object(root_of(module)));
        }
        return result.empty() ? Value::unknown() : result;
    }

    // getattr(x, "name", default), x.__getattribute__("name"), object.__getattribute__(x, "name").
    Value got_attribute(std::string_view path) {
        const bool bound = path != "builtins.getattr" && call_.arguments.size() == 1;
        const auto receiver = bound ? call_.receiver : argument(0);
        Value result;
        for (const auto name : values_.texts(argument(bound ? 0 : 1)))
            result.add(values_.attribute(receiver, name));
        if (!bound) result.add(argument(2));
        if (!result.empty()) return result;
        result = Value::unknown();
        const auto paths = values_.paths(receiver);
        if (!std::any_of(paths.begin(), paths.end(), is_blender_path))
            result.add(values_.object("builtins.getattr()"));  // calling it is worth a word
        return result;
    }

    std::optional<Value> from_mapping(std::string_view mapping) {
        if (mapping != namespace_path && mapping != "sys.modules" &&
            !mapping.ends_with(dict_suffix))
            return std::nullopt;
        return subscript_result(values_, names_, {values_.object(mapping), {argument(0)}, false});
    }

    Value with_suffix(const Value& value, std::string_view suffix) {
        Value result;
        for (const auto path : values_.paths(value))
            result.add(values_.object(std::string(path).append(suffix)));
        return result.empty() ? Value::unknown() : result;
    }

    Value character(const Value& code) {
        const auto number = code.only(Atom::Kind::number);
        if (!number || *number < 0) return Value::unknown();
        std::string text;
        append_utf8(text, static_cast<char32_t>(*number));
        return values_.text(text);
    }

    // str("os"), bytes([111, 115])
    Value made_text(const Value& source) {
        if (values_.only_text(source)) return source;
        return joined("", mapped_to_characters(source));
    }

    Value mapped_to_characters(const Value& source) {
        const auto id = source.only(Atom::Kind::sequence);
        if (!id) return Value::unknown();
        std::vector<Value> characters;
        for (const auto& element : values_.elements({Atom::Kind::sequence, *id}))
            characters.push_back(character(element));
        return values_.sequence(std::move(characters));
    }

    Value mapped() {
        const auto functions = values_.paths(argument(0));
        if (functions.size() == 1 && functions.front() == "builtins.chr")
            return mapped_to_characters(argument(1));
        return Value::unknown();
    }

    Value joined(std::string_view separator, const Value& parts) {
        const auto id = parts.only(Atom::Kind::sequence);
        if (!id) return Value::unknown();
        std::string text;
        bool first = true;
        for (const auto& element : values_.elements({Atom::Kind::sequence, *id})) {
            const auto part = values_.only_text(element);
            if (!part) return Value::unknown();
            if (!std::exchange(first, false)) text += separator;
            text += *part;
            if (text.size() > Values::max_folded_bytes) return Value::unknown();
        }
        return values_.text(text);
    }

    // Methods of constant texts that are used to spell a name in a roundabout way.
    Value text_method() {
        const auto self = values_.only_text(call_.receiver);
        if (!self || self->size() > Values::max_folded_bytes) return Value::unknown();
        const auto method = call_.attribute;
        if (method == "join") return joined(*self, argument(0));
        if (method == "encode" || method == "decode" || method == "strip") return call_.receiver;
        if (method == "lower" || method == "casefold" || method == "upper") {
            std::string text(*self);
            for (auto& c : text) {
                if (method == "upper" ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z'))
                    c = static_cast<char>(c ^ 0x20);
            }
            return values_.text(text);
        }
        if (method == "replace") return replaced(*self);
        if (method == "format") return formatted(*self);
        return Value::unknown();
    }

    Value replaced(std::string_view self) {
        const auto from = values_.only_text(argument(0));
        const auto to = values_.only_text(argument(1));
        if (!from || !to || from->empty() || call_.arguments.size() != 2) return Value::unknown();
        std::string text;
        for (std::size_t at = 0; at < self.size();) {
            if (self.substr(at, from->size()) == *from) {
                text += *to;
                at += from->size();
            } else {
                text += self[at++];
            }
            if (text.size() > Values::max_folded_bytes) return Value::unknown();
        }
        return values_.text(text);
    }

    // Only {} and {0}.
    Value formatted(std::string_view self) {
        std::string text;
        std::size_t next = 0;
        for (std::size_t at = 0; at < self.size(); ++at) {
            if (self[at] != '{') {
                text += self[at];
                continue;
            }
            auto position = next++;
            if (at + 1 < self.size() && self[at + 1] >= '0' && self[at + 1] <= '9')
                position = static_cast<std::size_t>(self[++at] - '0');
            const auto part = values_.only_text(argument(position));
            if (!part || at + 1 >= self.size() || self[++at] != '}') return Value::unknown();
            text += *part;
            if (text.size() > Values::max_folded_bytes) return Value::unknown();
        }
        return values_.text(text);
    }

    Values& values_;
    ScriptNames& names_;
    const Call& call_;
};

std::optional<std::int64_t> bound_of(const std::vector<Value>& parts, std::size_t index,
                                     std::int64_t otherwise) {
    if (index >= parts.size() || parts[index].empty()) return otherwise;
    if (const auto number = parts[index].only(Atom::Kind::number)) return *number;
    return std::nullopt;
}

// text[begin:end:step], by bytes: names that matter are ASCII.
std::optional<std::string> sliced(std::string_view text, const std::vector<Value>& parts) {
    const auto size = static_cast<std::int64_t>(text.size());
    const auto step = bound_of(parts, 2, 1);
    if (!step || *step == 0 || text.size() > Values::max_folded_bytes) return std::nullopt;
    auto begin = bound_of(parts, 0, *step > 0 ? 0 : size - 1);
    auto end = bound_of(parts, 1, *step > 0 ? size : -size - 1);
    if (!begin || !end) return std::nullopt;
    if (*begin < 0) *begin += size;
    if (*end < 0) *end += size;
    std::string out;
    if (*step > 0) {
        for (auto at = std::max<std::int64_t>(*begin, 0); at < std::min(*end, size); at += *step)
            out += text[static_cast<std::size_t>(at)];
    } else {
        for (auto at = std::min(*begin, size - 1); at > std::max<std::int64_t>(*end, -1);
             at += *step)
            out += text[static_cast<std::size_t>(at)];
    }
    return out;
}

Value subscripted_text(Values& values, std::string_view text, const Subscript& subscript) {
    if (subscript.slice) {
        const auto part = sliced(text, subscript.parts);
        return part ? values.text(*part) : Value::unknown();
    }
    const auto index = bound_of(subscript.parts, 0, -1);
    const auto size = static_cast<std::int64_t>(text.size());
    if (!index || *index >= size || *index < -size) return Value::unknown();
    return values.text(
        text.substr(static_cast<std::size_t>(*index < 0 ? *index + size : *index), 1));
}

Value subscripted_object(Values& values, ScriptNames& names, std::string_view path,
                         const Value& index) {
    Value result;
    for (const auto text : values.texts(index)) {
        if (path == namespace_path || path == "builtins.globals()") {
            result.add(names.lookup(text));
        } else if (path == "sys.modules") {
            result.add(values.object(canonical_module(text)));
        } else if (path.ends_with(dict_suffix)) {
            const auto owner = path.substr(0, path.size() - dict_suffix.size());
            result.add(values.object(attribute_path(owner, text)));
        } else if (path == "builtins") {  // __builtins__ is a dict in a script's namespace
            result.add(values.object(attribute_path(path, text)));
        }
    }
    return result.empty() ? values.element(values.object(path)) : result;
}

}  // namespace

const Argument* Call::argument(std::size_t position, std::string_view keyword) const {
    std::size_t seen = 0;
    for (const auto& each : arguments) {
        if (each.keyword.empty()) {
            if (seen++ == position) return &each;
        } else if (each.keyword == keyword) {
            return &each;
        }
    }
    return nullptr;
}

bool Call::spreads() const {
    return std::any_of(arguments.begin(), arguments.end(),
                       [](const Argument& each) { return each.spread; });
}

Value call_result(Values& values, ScriptNames& names, const Call& call) {
    return CallEvaluator(values, names, call).result();
}

Value subscript_result(Values& values, ScriptNames& names, const Subscript& subscript) {
    const auto index = subscript.parts.empty() ? Value() : subscript.parts.front();
    Value result;
    for (const auto& atom : subscript.receiver.atoms()) {
        if (atom.kind == Atom::Kind::text) {
            result.add(subscripted_text(values, values.name(atom), subscript));
        } else if (atom.kind == Atom::Kind::sequence) {
            const auto& elements = values.elements(atom);
            const auto at = index.only(Atom::Kind::number);
            if (subscript.slice) {
                result.add(atom);
            } else if (at && *at >= 0 && static_cast<std::size_t>(*at) < elements.size()) {
                result.add(elements[static_cast<std::size_t>(*at)]);
            } else {
                result.add(values.element({Atom::Kind::sequence, atom.id}));
            }
        } else if (atom.kind == Atom::Kind::object && !subscript.slice) {
            result.add(subscripted_object(values, names, values.name(atom), index));
        } else if (atom.kind == Atom::Kind::object) {
            result.add(atom);
        }
    }
    return result.empty() ? Value::unknown() : result;
}

}  // namespace blender_mcpd::guard
