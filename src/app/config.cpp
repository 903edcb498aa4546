#include "settings.hpp"
#include "settings_file.hpp"

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/throw_exception.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ostream>
#include <set>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::app {
namespace {

/// Names that existing users have set. They may mean something else to somebody (a container
/// platform sets BLENDER_PORT=tcp://…), so they are not even looked at when our own variable or a
/// flag decides.
struct Alias {
    std::string_view variable;
    std::string_view setting;
};
constexpr std::array aliases{Alias{"BLENDER_HOST", "blender.host"},
                             Alias{"BLENDER_PORT", "blender.port"}};

std::vector<std::string> keys_of(std::string_view section) {
    std::vector<std::string> keys;
    for (const auto& setting : settings())
        if (setting.section == section) keys.emplace_back(setting.key);
    return keys;
}

std::vector<std::string> sections() {
    std::vector<std::string> names;
    for (const auto& setting : settings())
        if (names.empty() || names.back() != setting.section) names.emplace_back(setting.section);
    return names;
}

std::vector<std::string> full_names() {
    std::vector<std::string> names;
    for (const auto& setting : settings())
        names.push_back(full_name(setting));
    return names;
}

std::string quote(std::string_view name) {
    return '"' + core::excerpt(name, 60) + '"';
}

std::string did_you_mean(std::string_view suggestion, std::string_view otherwise) {
    return suggestion.empty() ? std::string(otherwise)
                              : fmt::format("Did you mean {}?", suggestion);
}

/// "section.key" of the first setting with that key, in whatever section.
std::string same_key_elsewhere(std::string_view key) {
    const auto found = std::ranges::find(settings(), key, &Setting::key);
    return found == settings().end() ? std::string{} : full_name(*found);
}

class Loader {
  public:
    explicit Loader(const ConfigSources& sources) : sources_(sources) {
        for (const auto& setting : settings())
            loaded_.origins.emplace(full_name(setting), Origin{});
    }

    boost::system::result<LoadedConfig, ConfigErrors> run() {
        apply_file();
        apply_environment();
        apply_flags();
        check_together();
        if (!errors_.empty()) return std::move(errors_);
        return std::move(loaded_);
    }

  private:
    void fail(std::string where, std::string message, std::string remedy) {
        errors_.push_back({std::move(where), std::move(message), std::move(remedy)});
    }

    void apply(const Setting& setting, const Given& given, Origin origin) {
        auto& current = loaded_.origins[full_name(setting)];
        const auto value = check(setting, given);
        if (value) {
            setting.set(loaded_.values, *value);
            current = std::move(origin);
            return;
        }
        broken_.insert(full_name(setting));
        fail(origin.where,
             fmt::format("{} is {}, but must be {}", full_name(setting), to_display(given),
                         allowed(setting)),
             fmt::format("Correct it, or {} for the default, {}", how_to_drop(origin.kind),
                         to_toml(default_value(setting))));
    }

    static std::string_view how_to_drop(Origin::Kind kind) {
        switch (kind) {
            case Origin::Kind::file:
                return "remove the line";
            case Origin::Kind::environment:
                return "unset the variable";
            case Origin::Kind::flag:
            case Origin::Kind::fallback:
                break;
        }
        return "leave the flag out";
    }

    [[nodiscard]] std::string environment(const std::string& name) const {
        const auto found = sources_.environment.find(name);
        return found == sources_.environment.end() ? std::string{} : found->second;
    }

    /// The user's own file, by the XDG base directory specification; empty when it does not exist.
    [[nodiscard]] std::string default_file() const {
        auto folder = environment("XDG_CONFIG_HOME");
        if (!folder.starts_with('/')) {  // the specification has relative ones ignored
            const auto home = environment("HOME");
            if (!home.starts_with('/')) return {};
            folder = home + "/.config";
        }
        auto path = folder + "/blender-mcpd/config.toml";
        struct stat status {};
        const bool absent =
            ::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
        return absent ? std::string{} : path;
    }

    void apply_file() {
        loaded_.file = sources_.file ? *sources_.file : default_file();
        if (loaded_.file.empty() && !sources_.file) return;
        const auto content = read_settings_file(loaded_.file);
        if (content.error) errors_.push_back(*content.error);
        for (const auto& entry : content.entries)
            apply_entry(entry, fmt::format("{}:{}", loaded_.file, entry.line));
    }

    void apply_entry(const FileEntry& entry, const std::string& where) {
        const auto known = sections();
        if (entry.section.empty()) {
            refuse_outside_of_section(entry, where);
        } else if (std::ranges::find(known, entry.section) == known.end()) {
            if (entry.key.empty())  // once a section, not for each of its keys
                fail(where, fmt::format("there is no section {}", quote(entry.section)),
                     did_you_mean(core::nearest(entry.section, known),
                                  fmt::format("The sections are {}", fmt::join(known, ", "))));
        } else if (!entry.key.empty()) {
            const auto* setting = find_setting(entry.section + '.' + entry.key);
            if (setting == nullptr) {
                refuse_key(entry, where);
            } else {
                apply(*setting, entry.value, {Origin::Kind::file, where});
            }
        }
    }

    void refuse_outside_of_section(const FileEntry& entry, const std::string& where) {
        const auto known = sections();
        if (std::ranges::find(known, entry.key) != known.end()) {
            fail(where,
                 fmt::format("{} must be a section, but is {}", entry.key, to_display(entry.value)),
                 fmt::format("Write [{}] on a line of its own, and its keys below", entry.key));
            return;
        }
        const auto elsewhere = same_key_elsewhere(entry.key);
        fail(where, fmt::format("the key {} stands outside of any section", quote(entry.key)),
             did_you_mean(elsewhere, fmt::format("Write it under one of the sections {}",
                                                 fmt::join(known, ", "))));
    }

    void refuse_key(const FileEntry& entry, const std::string& where) {
        const auto keys = keys_of(entry.section);
        auto suggestion = same_key_elsewhere(entry.key);
        if (suggestion.empty()) suggestion = core::nearest(entry.key, keys);
        fail(where,
             fmt::format("there is no key {} in section {}", quote(entry.key), entry.section),
             did_you_mean(suggestion, fmt::format("Its keys are {}", fmt::join(keys, ", "))));
    }

    void apply_environment() {
        for (const auto& alias : aliases)
            apply_alias(alias);
        for (const auto& setting : settings())
            apply_variable(setting, variable(setting));
        for (const auto& [name, text] : sources_.environment)
            if (name.starts_with(variable_prefix) && !text.empty()) refuse_unknown_variable(name);
    }

    void apply_alias(const Alias& alias) {
        const auto& setting = *find_setting(alias.setting);
        const bool overruled = !environment(variable(setting)).empty() ||
                               std::ranges::find(sources_.overrides, alias.setting,
                                                 &Override::key) != sources_.overrides.end();
        if (!overruled) apply_variable(setting, std::string(alias.variable));
    }

    void apply_variable(const Setting& setting, const std::string& name) {
        const auto text = environment(name);
        if (text.empty()) return;
        apply(setting, from_text(setting, text), {Origin::Kind::environment, name});
    }

    void refuse_unknown_variable(const std::string& name) {
        // The prefix is left out of the comparison: it would make everything look alike.
        std::vector<std::string> known;
        for (const auto& setting : settings()) {
            known.push_back(variable(setting).substr(variable_prefix.size()));
            if (setting.names_key)
                known.push_back(key_variable(setting).substr(variable_prefix.size()));
        }
        if (std::ranges::find(known, name.substr(variable_prefix.size())) != known.end()) return;
        auto suggestion = core::nearest(name.substr(variable_prefix.size()), known);
        if (!suggestion.empty()) suggestion.insert(0, variable_prefix);
        fail(core::excerpt(name), "there is no setting of this name",
             did_you_mean(suggestion, "Unset the variable"));
    }

    void apply_flags() {
        for (const auto& given : sources_.overrides) {
            const auto* setting = find_setting(given.key);
            if (setting == nullptr) {
                fail(given.flag, fmt::format("there is no setting {}", quote(given.key)),
                     did_you_mean(core::nearest(given.key, full_names()), "Leave the flag out"));
            } else {
                apply(*setting, from_text(*setting, given.text), {Origin::Kind::flag, given.flag});
            }
        }
    }

    void check_together() {
        const auto& values = loaded_.values;
        if (values.pool.connect_timeout > values.pool.acquire_timeout)
            conflict("pool.connect_timeout_s", "pool.acquire_timeout_s",
                     "the wait for a connection would end before connecting may take that long",
                     "Make pool.acquire_timeout_s at least as long as pool.connect_timeout_s");
        if (values.cache.ttl_min > values.cache.ttl_max)
            conflict("cache.ttl_min_s", "cache.ttl_max_s", "no time is both",
                     "Make cache.ttl_max_s at least as long as cache.ttl_min_s");
        if (values.pool.min > values.pool.max)
            conflict("pool.min", "pool.max", "more would be kept open than may be open at once",
                     "Make pool.max at least as large as pool.min");
        if (values.blender.launch == Launch::never && !values.blender.blend_file.empty())
            conflict("blender.blend_file", "blender.launch",
                     "only a Blender that is started opens a file",
                     "Leave blender.blend_file empty, or allow blender.launch = \"auto\"");
    }

    /// Says nothing about a setting that has an error of its own.
    void conflict(const std::string& first, const std::string& second, std::string_view reason,
                  std::string remedy) {
        if (broken_.contains(first) || broken_.contains(second)) return;
        const auto& origin = loaded_.origins[first];
        const auto& other = loaded_.origins[second];
        fail(origin.kind == Origin::Kind::fallback ? other.where : origin.where,
             fmt::format("{} does not go with {}: {}", with_value(first), with_value(second),
                         reason),
             std::move(remedy));
    }

    [[nodiscard]] std::string with_value(const std::string& name) const {
        const auto& origin = loaded_.origins.at(name);
        return fmt::format("{} = {} ({})", name, to_toml(find_setting(name)->get(loaded_.values)),
                           origin.kind == Origin::Kind::fallback ? "default" : origin.where);
    }

    const ConfigSources& sources_;
    LoadedConfig loaded_;
    ConfigErrors errors_;
    std::set<std::string> broken_;  // settings with an error of their own
};

}  // namespace

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

std::ostream& operator<<(std::ostream& out, const ConfigError& error) {
    out << error.where << ": " << error.message << ". " << error.remedy;
    return out;
}

std::string describe(const ConfigErrors& errors) {
    std::string text;
    for (const auto& error : errors)
        text += fmt::format("{}: {}. {}\n", error.where, error.message, error.remedy);
    return text;
}

void throw_exception_from_error(const ConfigErrors& errors, const boost::source_location& where) {
    boost::throw_exception(std::runtime_error(describe(errors)), where);
}

boost::system::result<LoadedConfig, ConfigErrors> load_config(const ConfigSources& sources) {
    return Loader(sources).run();
}

}  // namespace blender_mcpd::app
