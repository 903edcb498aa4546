// The one table of settings. It drives the file, the environment, the flags, `config show` and the
// tests.
#pragma once

#include <blender_mcpd/app/config.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace blender_mcpd::app {

using List = std::vector<std::string>;

/// A checked value: boolean, integer, seconds, text or the name of a choice, list of texts.
using Value = std::variant<bool, std::int64_t, double, std::string, List>;

/// What a source holds that no setting can be: "a table", "an array", …
struct Foreign {
    std::string_view kind;
};
/// An unchecked value.
using Given = std::variant<bool, std::int64_t, double, std::string, List, Foreign>;

struct Boolean {};
struct Integer {
    std::int64_t min;
    std::int64_t max;
};
struct Seconds {
    double min;
    double max;
};
struct Choice {
    std::span<const std::string_view> names;
};
struct Text {};
/// A TOML array of strings; in a variable or flag, separated by commas.
struct Texts {};
using Type = std::variant<Boolean, Integer, Seconds, Choice, Text, Texts>;

/// A further rule, when the type does not say it all.
struct Rule {
    std::string_view wording;  // completes "must be …"; replaces the wording of the type
    bool (*accepts)(const Value&) = nullptr;
};

struct Setting {
    std::string_view section;
    std::string_view key;
    Type type;
    std::string_view help;
    Rule rule;
    Value (*get)(const Config&);
    void (*set)(Config&, const Value&);  // the value must have passed check()
    bool live =
        false;  // a daemon that serves takes it over at SIGHUP; others wait for its next start
    bool names_key = false;  // a file with a key that the user has with a provider: key_variable()
};

/// In the order of the file, sections together.
[[nodiscard]] std::span<const Setting> settings();
/// nullptr when there is none. `name` is "section.key".
[[nodiscard]] const Setting* find_setting(std::string_view name);

/// "blender.port"
[[nodiscard]] std::string full_name(const Setting& setting);
/// "BLENDER_MCPD_BLENDER_PORT"
[[nodiscard]] std::string variable(const Setting& setting);
/// The variable that may hold the key itself, in place of a file: that of the setting without its
/// _FILE. Empty when it is no setting that names a key.
[[nodiscard]] std::string key_variable(const Setting& setting);
inline constexpr std::string_view variable_prefix = "BLENDER_MCPD_";

/// Completes "must be …": "an integer from 1 to 65535".
[[nodiscard]] std::string allowed(const Setting& setting);
[[nodiscard]] Value default_value(const Setting& setting);

/// What a variable or flag holds, read as the setting's type where possible, else left as text.
[[nodiscard]] Given from_text(const Setting& setting, const std::string& text);
/// The value, or nullopt when it is not allowed(). Nothing is rounded, wrapped or cut.
[[nodiscard]] std::optional<Value> check(const Setting& setting, const Given& given);

/// As in a TOML file, on one line.
[[nodiscard]] std::string to_toml(const Value& value);
/// For messages; long text is cut.
[[nodiscard]] std::string to_display(const Given& given);

}  // namespace blender_mcpd::app
