#include "failure.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace blender_mcpd::tools {
namespace {

/// A member that is an object, or an empty one.
core::Json object_at(const core::Json& parent, const char* name) {
    if (const auto found = parent.find(name); found != parent.end() && found->is_object())
        return *found;
    return core::Json::object();
}

std::string text_at(const core::Json& parent, const char* name) {
    if (const auto found = parent.find(name); found != parent.end() && found->is_string())
        return found->get<std::string>();
    return {};
}

/// The runtime's error object; an empty one when the error did not come from the runtime.
core::Json runtime_error(const core::Error& error) {
    if (error.details.empty()) return core::Json::object();
    auto parsed = core::parse_json(error.details);
    if (!parsed || !parsed->is_object()) return core::Json::object();
    return std::move(*parsed);
}

/// What a script printed last is next to the failure; what it printed first rarely matters.
std::string tail(std::string text) {
    constexpr std::size_t longest = 8'000;
    if (text.size() <= longest) return text;
    auto begin = text.size() - longest;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U)
        ++begin;
    return fmt::format("[{} bytes left out]{}", begin, text.substr(begin));
}

void add_block(std::string& out, std::string_view title, std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    if (text.empty()) return;
    out += fmt::format("\n\n{}:\n{}", title, tail(std::move(text)));
}

std::string names(const core::Json& list) {
    std::string out;
    for (const auto& name : list) {
        if (!out.empty()) out += ", ";
        out += name.is_string() ? name.get<std::string>() : core::dump(name);
    }
    return out;
}

std::string changed_names(const core::Json& changed) {
    std::string out;
    for (const auto& [name, fields] : changed.items()) {
        if (!out.empty()) out += ", ";
        out += name;
        if (fields.is_array() && !fields.empty()) out += " (" + names(fields) + ")";
    }
    return out;
}

/// "added Cube; changed Lamp (location)", or empty.
std::string summary(const core::Json& changes) {
    std::string out;
    const auto add = [&](std::string_view verb, const std::string& list) {
        if (list.empty()) return;
        if (!out.empty()) out += "; ";
        out += fmt::format("{} {}", verb, list);
    };
    if (changes.contains("added")) add("added", names(changes["added"]));
    if (changes.contains("removed")) add("removed", names(changes["removed"]));
    add("changed", changed_names(object_at(changes, "changed")));
    return out;
}

void add_consequence(std::string& out, const core::Error& error, const core::Json& details,
                     Effect effect) {
    if (effect == Effect::none) return;
    if (const auto changes = summary(object_at(details, "changes")); !changes.empty()) {
        out += fmt::format(
            "\n\nBefore it failed it had {}. These changes remain: take them into account before "
            "repeating it.",
            changes);
    } else if (details.contains("changes")) {
        out += "\n\nNo change to the scene was seen.";
    } else if (error.outcome == core::Outcome::unknown) {
        out +=
            "\n\nThe edit may or may not have been applied. Look first (get_scene_info, "
            "get_object_info) and repeat it only if it is missing.";
    } else if (error.outcome == core::Outcome::applied) {
        out += "\n\nThe edit was applied. Do not repeat it.";
    } else {
        out += "\n\nNothing was changed in the scene.";
    }
}

std::string headline(const core::Error& error, const core::Json& from_runtime) {
    auto out = error.message;
    const auto field = text_at(from_runtime, "field");
    if (!field.empty() && out.find(field) == std::string::npos) out = field + ": " + out;
    if (!error.remedy.empty()) out += "\nWhat to do: " + error.remedy;
    return out;
}

}  // namespace

std::string error_meta(const core::Error& error) {
    core::Json about{{"code", core::to_string(error.code)},
                     {"outcome", core::to_string(error.outcome)}};
    const auto details = runtime_error(error);
    if (const auto after = details.find("retry_after_s"); after != details.end())
        about["retry_after_s"] = *after;
    return R"("blender-mcpd/error":)" + core::dump(about);
}

std::string explain_refusal(const core::Error& error) {
    return headline(error, core::Json::object());
}

std::string explain_failure(const core::Error& error, Effect effect) {
    const auto from_runtime = runtime_error(error);
    const auto details = object_at(from_runtime, "details");
    auto out = headline(error, from_runtime);
    add_block(out, "Traceback", text_at(from_runtime, "traceback"));
    add_block(out, "stdout", text_at(details, "stdout"));
    add_block(out, "stderr", text_at(details, "stderr"));
    add_consequence(out, error, details, effect);
    return out;
}

}  // namespace blender_mcpd::tools
