// One call of load_config(), described by a test.
#pragma once

#include "settings.hpp"
#include "temp_folder.hpp"

#include <blender_mcpd/app/config.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>

#include <support/catch.hpp>

namespace blender_mcpd::test {

/// Keeps the file while it is needed.
struct Input {
    TempFolder folder;
    app::ConfigSources sources;

    explicit Input(std::string_view toml = "") {
        if (!toml.empty()) sources.file = folder.write("test.toml", toml);
    }
    Input& with(const std::string& variable, const std::string& value) {
        sources.environment[variable] = value;
        return *this;
    }
    Input& with_flag(const std::string& key, const std::string& text) {
        sources.overrides.push_back({key, text, "--" + key});
        return *this;
    }
    [[nodiscard]] app::LoadedConfig load() const {
        auto result = app::load_config(sources);
        if (result.has_error()) FAIL(app::describe(result.error()));
        return *result;
    }
    [[nodiscard]] app::ConfigErrors errors() const {
        auto result = app::load_config(sources);
        return result.has_error() ? result.error() : app::ConfigErrors{};
    }
    /// The only error; without the folder of the test.
    [[nodiscard]] std::string error() const {
        const auto all = errors();
        if (all.size() != 1) FAIL(all.size() << " errors\n" << app::describe(all));
        auto text = fmt::format("{}: {}. {}", all[0].where, all[0].message, all[0].remedy);
        const auto prefix = folder / "";
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }
};

inline app::Origin::Kind kind_of(const app::LoadedConfig& config, const std::string& key) {
    return config.origins.at(key).kind;
}

/// A valid value that is not the default, as in a variable, and valid together with the other
/// defaults.
inline std::string other_value(const app::Setting& setting) {
    const auto fallback = app::default_value(setting);
    if (const auto* value = std::get_if<bool>(&fallback)) return *value ? "false" : "true";
    if (app::full_name(setting) == "pool.min") return "1";
    if (const auto* range = std::get_if<app::Integer>(&setting.type))
        return fmt::format("{}", fallback == app::Value(range->max) ? range->min : range->max);
    if (const auto* range = std::get_if<app::Seconds>(&setting.type))
        return fmt::format("{}", setting.key == "connect_timeout_s" || setting.key == "ttl_min_s"
                                     ? range->min
                                     : range->max);
    if (const auto* choice = std::get_if<app::Choice>(&setting.type))
        return std::string(choice->names.back());
    if (setting.key == "tools") return "render = 6, get_scene_info=0";
    if (setting.section == "tools") return "render, history";
    if (setting.key == "allow_modules") return "bpy, mathutils";
    if (setting.key == "allow_sha256") return std::string(64, 'a');
    if (setting.key == "rules") return "file.write = block";
    if (setting.key == "providers") return "local, polyhaven";
    if (setting.key == "resolution") return "16k";
    if (setting.key.ends_with("_url")) return "http://127.0.0.1:8080";
    if (setting.key == "roots" || setting.key == "trusted_folders" || setting.key == "folders")
        return "/tmp, /srv/some files";
    if (app::full_name(setting) == "http.host") return "::1";
    if (setting.key == "allowed_origins") return "https://a.example, http://b.example:81";
    if (setting.key == "allowed_hosts") return "a.example, b.example:81";
    return setting.key == "host" ? "blender.example" : "/tmp/some file";
}

}  // namespace blender_mcpd::test
