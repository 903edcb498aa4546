// What the scan knows about the value of an expression: a few alternatives, each a dotted path
// ("os.system"), a constant text or number, a sequence of values, or "nothing of interest".
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace blender_mcpd::guard {

struct Atom {
    enum class Kind : std::uint8_t {
        unknown,   // could be anything
        data,      // a number, a container or the like: nothing that can do harm
        number,    // a constant integer: `id` is its value
        text,      // a constant str or bytes: `id` names it
        sequence,  // a tuple or list of known length: `id` names it
        object,    // something that was reached by a dotted path: `id` names it
    };
    Kind kind = Kind::unknown;
    std::int32_t id = 0;

    friend bool operator==(const Atom&, const Atom&) = default;
};

/// A set of alternatives. Empty means the same as unknown.
class Value {
  public:
    static constexpr std::size_t max_alternatives = 6;

    Value() = default;
    Value(Atom::Kind kind, std::int32_t id) : size_(1) { atoms_[0] = {kind, id}; }
    [[nodiscard]] static Value unknown() { return {Atom::Kind::unknown, 0}; }
    [[nodiscard]] static Value data() { return {Atom::Kind::data, 0}; }
    [[nodiscard]] static Value number(std::int32_t value) { return {Atom::Kind::number, value}; }

    /// When there is no room, what is worth less gives way, and the value becomes unknown besides.
    /// True when it changed.
    bool add(Atom atom);
    bool add(const Value& other);

    [[nodiscard]] std::span<const Atom> atoms() const { return {atoms_.data(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// The only alternative, when it is of that kind.
    [[nodiscard]] std::optional<std::int32_t> only(Atom::Kind kind) const;
    [[nodiscard]] bool may_be_unknown() const;

  private:
    std::array<Atom, max_alternatives> atoms_{};
    std::uint8_t size_ = 0;
};

/// Owns texts, paths and sequences that values name. Its memory is bounded, see exhausted().
class Values {
  public:
    /// Longer results of folding are unknown, so that folding stays linear.
    static constexpr std::size_t max_folded_bytes = 160;
    static constexpr std::size_t max_sequence = 64;
    /// Longer constants are neither names nor modes nor paths, and are not looked at.
    static constexpr std::size_t max_text_bytes = 1'024;
    /// For all that is derived; somebody could write a script that makes it many times its size.
    static constexpr std::size_t max_derived_bytes = 32U << 20U;

    [[nodiscard]] Value text(std::string_view text) { return {Atom::Kind::text, intern(text)}; }
    [[nodiscard]] Value object(std::string_view path) { return {Atom::Kind::object, intern(path)}; }
    /// Only what can matter is kept: a list of coordinates is data.
    [[nodiscard]] Value sequence(std::vector<Value> elements);

    /// Results are not to be trusted: there was more to derive than max_derived_bytes.
    [[nodiscard]] bool exhausted() const { return derived_bytes_ > max_derived_bytes; }

    [[nodiscard]] std::string_view name(std::int32_t id) const {
        return names_[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] std::string_view name(const Atom& atom) const { return name(atom.id); }
    [[nodiscard]] const std::vector<Value>& elements(const Atom& atom) const {
        return sequences_[static_cast<std::size_t>(atom.id)];
    }

    /// The constant texts (up to max_text_bytes) and the paths among the alternatives.
    [[nodiscard]] std::vector<std::string_view> texts(const Value& value) const;
    [[nodiscard]] std::vector<std::string_view> paths(const Value& value) const;
    /// The text when it is the only alternative.
    [[nodiscard]] std::optional<std::string_view> only_text(const Value& value) const;

    /// value.name
    [[nodiscard]] Value attribute(const Value& value, std::string_view name);
    /// An element of it, whichever.
    [[nodiscard]] Value element(const Value& value);
    /// left + right
    [[nodiscard]] Value concatenated(const Value& left, const Value& right);
    /// left / right
    [[nodiscard]] Value divided(const Value& left, const Value& right);

  private:
    [[nodiscard]] std::int32_t intern(std::string_view text);
    [[nodiscard]] std::int32_t attribute_of(std::int32_t path, std::string_view name);

    std::deque<std::string> names_;
    std::unordered_map<std::string_view, std::int32_t> ids_;
    std::deque<std::vector<Value>> sequences_;
    std::unordered_map<std::uint64_t, std::int32_t> attributes_;  // by path and name
    std::size_t derived_bytes_ = 0;
};

/// The path of `path`.`name`, with other spellings of the same thing made one: "posix.system" is
/// "os.system", "tempfile._os" is "os".
[[nodiscard]] std::string attribute_path(std::string_view path, std::string_view name);
/// "bpy" of "bpy.data.objects".
[[nodiscard]] std::string_view root_of(std::string_view path);
/// What Python code can do to Blender's data, or compute, by itself.
[[nodiscard]] bool is_blender_path(std::string_view path);
/// The module that a name means although the script never bound it: a session remembers imports.
[[nodiscard]] bool is_known_module(std::string_view name);
/// A path with its module's other names replaced: "posix" is "os".
[[nodiscard]] std::string canonical_module(std::string_view module);

}  // namespace blender_mcpd::guard
