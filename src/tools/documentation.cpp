#include "catalogue.hpp"

#include <blender_mcpd/tools/documentation.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace blender_mcpd::tools {
namespace {

using core::Json;
using Out = std::back_insert_iterator<std::string>;

std::string number(const Json& value) {
    if (value.is_number_integer()) return fmt::format("{}", value.get<std::int64_t>());
    return fmt::format("{}", value.get<double>());
}

/// "", "at least 1", "up to 9", "1 to 9"
std::string range(const Json& schema, const char* least, const char* most) {
    const bool has_least = schema.contains(least);
    const bool has_most = schema.contains(most);
    if (has_least && has_most && schema[least] == schema[most]) return number(schema[least]);
    if (has_least && has_most) return number(schema[least]) + " to " + number(schema[most]);
    if (has_most) return "up to " + number(schema[most]);
    if (has_least) return "at least " + number(schema[least]);
    return {};
}

std::string with_range(const std::string& text, const std::string& range) {
    return range.empty() ? text : text + ", " + range;
}

std::string joined(const Json& list, std::string_view between, auto text_of) {
    std::string text;
    for (const auto& entry : list) {
        if (!text.empty()) text += between;
        text += text_of(entry);
    }
    return text;
}

/// "string, 1 to 255 characters", "list of 3 x number", "`flat`, `smooth`"
std::string kind(const Json& schema) {
    if (schema.contains("anyOf")) return joined(schema["anyOf"], " or ", kind);
    if (schema.contains("enum"))
        return joined(schema["enum"], ", ", [](const Json& value) {
            return "`" + (value.is_string() ? value.get<std::string>() : core::dump(value)) + "`";
        });
    if (!schema.contains("type")) return "any";
    const auto& type = schema["type"];
    if (type.is_array())
        return joined(type, " or ", [](const Json& name) { return name.get<std::string>(); });
    if (type == "string") {
        const auto length = range(schema, "minLength", "maxLength");
        return with_range("string", length.empty() ? length : length + " characters");
    }
    if (type == "array") {
        const auto count = range(schema, "minItems", "maxItems");
        const auto item = schema.contains("items") ? kind(schema["items"]) : "any";
        return fmt::format("list of {}{}", count.empty() ? count : count + " x ", item);
    }
    return with_range(type.get<std::string>(), range(schema, "minimum", "maximum"));
}

/// Of one cell of a table.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char character : text) {
        if (character == '|') out += '\\';
        out += character;
    }
    return out;
}

std::string meaning(const Json& schema) {
    auto text = escaped(schema.value("description", ""));
    if (schema.contains("default")) {
        if (!text.empty()) text += ' ';
        text += "Default: `" + core::dump(schema["default"]) + "`.";
    }
    return text;
}

void add_rows(Out out, const Json& schema, const std::string& path);

void add_row(Out out, const Json& schema, const std::string& path, bool is_required) {
    fmt::format_to(out, "| `{}`{} | {} | {} |\n", path, is_required ? " !" : "", kind(schema),
                   meaning(schema));
    add_rows(out, schema, path);
}

/// The members of objects, wherever they are inside it.
void add_rows(Out out, const Json& schema, const std::string& path) {
    if (schema.contains("properties")) {
        const auto required = schema.value("required", Json::array());
        for (const auto& [name, member] : schema["properties"].items())
            add_row(out, member, path.empty() ? name : fmt::format("{}.{}", path, name),
                    std::ranges::find(required, name) != required.end());
    }
    if (schema.contains("items")) add_rows(out, schema["items"], path + "[]");
    if (schema.contains("anyOf"))
        for (const auto& choice : schema["anyOf"])
            add_rows(out, choice, path);
}

void add_table(Out out, std::string_view heading, const Json& schema) {
    if (schema["properties"].empty()) return;
    fmt::format_to(out, "\n| {} | type | meaning |\n|---|---|---|\n", heading);
    add_rows(out, schema, {});
}

std::string_view effect(const Spec& spec) {
    if (spec.annotations.read_only) return "changes nothing";
    if (spec.keeps_scene) return "writes files, never changes the scene";
    if (spec.annotations.destructive) return "changes the scene or files";
    return "adds to the scene";
}

void add_tool(Out out, const Entry& entry) {
    const auto spec = entry.spec();
    fmt::format_to(out, "\n## {}\n\n**{}.** {}\n\nSet: {}; {}{}.\n", spec.name, spec.title,
                   spec.description, to_string(entry.smallest_set), effect(spec),
                   spec.annotations.idempotent && !spec.annotations.read_only
                       ? "; a second time changes nothing more"
                       : "");
    add_table(out, "argument", whole_input(spec));
    add_table(out, "result", spec.output);
}

constexpr std::string_view introduction = R"(# Tools

What `blender-mcpd tools --markdown` prints. `!` marks what is required or always there; `items[].name` is the member `name` of each entry of
`items`. Lengths are in scene units, angles in degrees, colours linear `[r, g, b]` or `[r, g, b, a]` from 0 to 1, or `#rrggbb` as in a web page.
Every tool that changes the scene makes one named undo step and tells what `changes` it made, `{added, removed, changed: {name: [fields]}}`, and
the `generation` of the scene, which grows with every edit. What is not allowed is answered with the field, the rule and what to do.

Clients get the tools of a set (`tools.set`, by default `standard`), each set with those of the one before it; `tools.enable`, `tools.disable`
and `tools.read_only` choose further. Their schemas are those of this page with the members of some objects, far bounds and the inside of results
left out, because a model reads them in every conversation.

| tool | set | |
|---|---|---|
)";

}  // namespace

std::string markdown() {
    std::string text(introduction);
    const Out out(text);
    for (const auto& entry : catalogue())
        fmt::format_to(out, "| [{0}](#{0}) | {1} | {2} |\n", entry.name,
                       to_string(entry.smallest_set), entry.spec().title);
    for (const auto& entry : catalogue())
        add_tool(out, entry);
    return text;
}

std::string list(const ToolSelection& selection) {
    std::string text;
    for (const auto& entry : catalogue()) {
        const auto spec = entry.spec();
        fmt::format_to(std::back_inserter(text), "{} {:<24}{:<10}{}\n",
                       is_offered(entry, selection) ? '*' : ' ', entry.name,
                       to_string(entry.smallest_set), spec.title);
    }
    return text;
}

std::string list_json(const ToolSelection& selection) {
    auto list = Json::array();
    for (const auto& entry : catalogue()) {
        if (!is_offered(entry, selection)) continue;
        const auto spec = entry.spec();
        auto row = Json::object();
        row["name"] = spec.name;
        row["title"] = spec.title;
        row["description"] = spec.description;
        list.push_back(std::move(row));
    }
    return core::dump(list) + '\n';
}

}  // namespace blender_mcpd::tools
