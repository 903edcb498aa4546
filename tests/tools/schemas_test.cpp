// Walks the schemas of all tools: what is promised to every client holds for each of them.
#include "catalogue.hpp"
#include "fake_blender.hpp"
#include "schema.hpp"

#include <blender_mcpd/guard/json_schema.hpp>
#include <blender_mcpd/tools/selection.hpp>

#include <algorithm>
#include <functional>
#include <set>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

/// Calls `visit` for the schema and every schema inside it, with a path for messages and the name
/// of the property that it describes.
using Visit = std::function<void(const core::Json& schema, const std::string& path,
                                 const std::string& property)>;

void walk(const core::Json& schema, const std::string& path, const std::string& property,
          const Visit& visit) {
    visit(schema, path, property);
    if (schema.contains("properties")) {
        for (const auto& [name, inner] : schema["properties"].items())
            walk(inner, path + "." + name, name, visit);
    }
    if (schema.contains("items")) walk(schema["items"], path + "[]", "", visit);
    for (const auto* choice : {"anyOf", "oneOf"}) {
        if (!schema.contains(choice)) continue;
        for (const auto& inner : schema[choice])
            walk(inner, path + "|", "", visit);
    }
}

/// As they are checked.
void walk_inputs(const Visit& visit) {
    for (const auto& entry : catalogue())
        walk(entry.spec().input, std::string(entry.name), "", visit);
}

bool has_type(const core::Json& schema, const std::string& name) {
    return schema.contains("type") && schema["type"] == name;
}

TEST_CASE("there are these tools, in this order") {
    const Bench bench;
    std::vector<std::string> names;
    for (const auto& tool : bench.tools)
        names.push_back(tool.name);
    CHECK(names == std::vector<std::string>{"get_blender_status",
                                            "get_scene_info",
                                            "get_object_info",
                                            "get_viewport_screenshot",
                                            "inspect_data",
                                            "lookup_api",
                                            "create_objects",
                                            "update_objects",
                                            "delete_objects",
                                            "duplicate_objects",
                                            "set_material",
                                            "edit_nodes",
                                            "set_modifiers",
                                            "set_keyframes",
                                            "set_scene",
                                            "render",
                                            "history",
                                            "batch",
                                            "manage_file",
                                            "manage_instances",
                                            "import_file",
                                            "export_file",
                                            "search_assets",
                                            "get_asset_preview",
                                            "import_asset",
                                            "generate_model",
                                            "execute_blender_code"});
}

TEST_CASE("names and texts") {
    const Bench bench;
    for (const auto& tool : bench.tools) {
        CAPTURE(tool.name);
        CHECK(tool.name.size() <= 64);
        CHECK(tool.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
        CHECK(!tool.title.empty());
        CHECK(tool.description.size() >= 100);
        CHECK(tool.description.size() <= 400);
        CHECK(tool.description.back() == '.');
    }
}

TEST_CASE("every schema compiles, and its root is an object") {
    const Bench bench;
    for (const auto& tool : bench.tools) {
        for (const auto* schema : {&tool.input_schema, &tool.output_schema}) {
            CAPTURE(tool.name, core::dump(*schema));
            CHECK(guard::JsonSchema::compile(*schema).has_value());
            CHECK(has_type(*schema, "object"));
            CHECK(schema->contains("properties"));
            // Refused by the APIs of large models.
            for (const auto* keyword : {"anyOf", "oneOf", "enum"})
                CHECK(!schema->contains(keyword));
        }
    }
}

TEST_CASE("input objects are closed and say what they hold") {
    walk_inputs([](const core::Json& schema, const std::string& path, const std::string&) {
        if (!has_type(schema, "object")) return;
        if (path == "batch.steps[].arguments") return;  // those of the step's tool, checked as such
        // Blender's own names, checked by the runtime.
        for (const auto* name : {"_file.options", ".values", ".properties"})
            if (path.ends_with(name)) return;
        CAPTURE(path);
        REQUIRE(schema.contains("additionalProperties"));
        CHECK(schema["additionalProperties"] == false);
        CHECK(schema.contains("properties"));
    });
}

TEST_CASE("every number, string and array of an input is bounded") {
    walk_inputs([](const core::Json& schema, const std::string& path, const std::string&) {
        CAPTURE(path);
        CHECK((schema.contains("type") || schema.contains("anyOf")));
        if (has_type(schema, "number") || has_type(schema, "integer")) {
            CHECK(schema.contains("minimum"));
            CHECK(schema.contains("maximum"));
        }
        if (has_type(schema, "string"))
            CHECK((schema.contains("maxLength") || schema.contains("enum")));
        if (has_type(schema, "array")) {
            CHECK(schema.contains("maxItems"));
            CHECK(schema.contains("items"));
        }
    });
}

TEST_CASE("every property of an input is described or speaks for itself") {
    static const std::set<std::string> plain{
        "name",      "location",   "scale",          "base_color", "metallic",
        "roughness", "alpha",      "emission_color", "ior",        "emission_strength",
        "type",      "collection", "transmission",   "selected",   "visible",
        "parent",    "kind",       "shade",          "color",      "clip_end",
        "body",      "extrude",    "align",          "font_size",  "closed",
        "points",    "vertices",   "edges",          "light",      "camera",
        "text",      "curve",      "mesh",           "samples",    "frame",
        "action",    "instance",   "items",          "operations", "material",
        "frame_end", "frame_step", "limit",          "cursor",     "provider"};
    const Bench bench;
    for (const auto& tool : bench.tools) {
        walk(tool.input_schema, tool.name, "",
             [](const core::Json& schema, const std::string& path, const std::string& property) {
                 if (property.empty()) return;
                 CAPTURE(path);
                 CHECK((schema.contains("description") || plain.contains(property)));
             });
    }
}

TEST_CASE("defaults keep the rules") {
    walk_inputs([](const core::Json& schema, const std::string& path, const std::string&) {
        if (!schema.contains("default")) return;
        CAPTURE(path);
        CHECK(guard::JsonSchema::compile(schema)->validate(schema["default"]).has_value());
    });
}

TEST_CASE("output objects are open, so that results may grow") {
    for (const auto& entry : catalogue()) {
        walk(entry.spec().output, std::string(entry.name), "",
             [](const core::Json& schema, const std::string& path, const std::string&) {
                 CAPTURE(path);
                 CHECK(!schema.contains("additionalProperties"));
             });
    }
}

TEST_CASE("clients get what a model needs to know") {
    const auto input = schema::published(spec_of("create_objects").input);
    const auto& item = input["properties"]["items"];
    CHECK(item["maxItems"] == 200);
    CHECK(!item.contains("minItems"));
    const auto& members = item["items"]["properties"];
    CHECK(members["kind"]["enum"].size() == 16);
    CHECK(members["name"] == core::Json{{"type", "string"}});
    CHECK(members["segments"]["maximum"] == 512);
    CHECK(!members["size"].contains("maximum"));
    CHECK(members["location"]["maxItems"] == 3);
    CHECK(!members["light"].contains("properties"));

    const auto output = schema::published_result(spec_of("create_objects").output);
    CHECK(output == core::Json::parse(R"({"type":"object","properties":{"created":{"type":"array"},
        "changes":{"type":"object"},"generation":{"type":"integer"}}})"));
}

TEST_CASE("what clients are not told of objects inside is in the description") {
    walk_inputs([](const core::Json& schema, const std::string& path, const std::string&) {
        if (schema.value("$comment", "") != "outline" || !has_type(schema, "object")) return;
        CAPTURE(path);
        const auto told = schema["description"].get<std::string>();
        for (const auto& [name, member] : schema["properties"].items())
            CHECK((told.find(name) != std::string::npos || told.starts_with("As of set_material")));
    });
}

TEST_CASE("who may read only gets stills, and nothing that writes files") {
    Bench bench;
    ToolOptions options;
    options.selection.read_only = true;
    const auto tools = all_tools(bench.blenders, bench.guards, options);
    CHECK(std::ranges::count(tools, "render", &mcp::Tool::name) == 1);
    for (const auto& tool : tools) {
        CAPTURE(tool.name);
        CHECK(tool.annotations.read_only);
        if (tool.name != "render") continue;
        for (const auto* name : {"kind", "output", "overwrite", "frame_start"})
            CHECK(!tool.input_schema["properties"].contains(name));
        CHECK(tool.input_schema["properties"].contains("frame"));
        CHECK(tool.description.size() >= 100);
    }
}

TEST_CASE("annotations") {
    struct Row {
        std::string name;
        bool read_only, destructive, idempotent, open_world;
    };
    const std::vector<Row> rows{
        {"get_blender_status", true, false, true, false},
        {"get_scene_info", true, false, true, false},
        {"get_object_info", true, false, true, false},
        {"get_viewport_screenshot", true, false, true, false},
        {"inspect_data", true, false, true, false},
        {"lookup_api", true, false, true, false},
        {"create_objects", false, false, false, false},
        {"update_objects", false, true, false, false},
        {"delete_objects", false, true, true, false},
        {"duplicate_objects", false, false, false, false},
        {"set_material", false, true, false, false},
        {"edit_nodes", false, true, false, false},
        {"set_modifiers", false, true, false, false},
        {"set_keyframes", false, true, true, false},
        {"set_scene", false, true, true, false},
        {"render", false, true, true, false},
        {"history", false, true, false, false},
        {"batch", false, true, false, true},
        {"manage_file", false, true, false, false},
        {"manage_instances", false, true, false, false},
        {"import_file", false, false, false, false},
        {"export_file", false, true, true, false},
        {"search_assets", true, false, true, true},
        {"get_asset_preview", true, false, true, true},
        {"import_asset", false, true, false, true},
        {"generate_model", false, false, false, true},
        {"execute_blender_code", false, true, false, true},
    };
    const Bench bench;
    CHECK(rows.size() == bench.tools.size());
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto& annotations = bench.tool(row.name).annotations;
        CHECK(annotations.read_only == row.read_only);
        CHECK(annotations.destructive == row.destructive);
        CHECK(annotations.idempotent == row.idempotent);
        CHECK(annotations.open_world == row.open_world);
    }
}

}  // namespace
}  // namespace blender_mcpd::tools
