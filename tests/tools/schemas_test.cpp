// Walks the schemas of all tools: what is promised to every client holds for each of them.
#include "fake_blender.hpp"

#include <blender_mcpd/guard/json_schema.hpp>
#include <blender_mcpd/tools/selection.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
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

void walk_inputs(const Visit& visit) {
    const Bench bench;
    for (const auto& tool : bench.tools)
        walk(tool.input_schema, tool.name, "", visit);
}

bool has_type(const core::Json& schema, const std::string& name) {
    return schema.contains("type") && schema["type"] == name;
}

/// Published by its description alone, "{name, …}"; arguments are checked by more than is seen.
bool is_outline(const core::Json& schema) {
    return !schema.contains("properties") && schema.contains("description") &&
           schema["description"].get_ref<const std::string&>().find('{') != std::string::npos;
}

core::Json listed(const mcp::Tool& tool) {
    core::Json out = core::Json::object();
    out["name"] = tool.name;
    out["title"] = tool.title;
    out["description"] = tool.description;
    out["inputSchema"] = tool.input_schema;
    out["outputSchema"] = tool.output_schema;
    auto& annotations = out["annotations"];
    annotations["readOnlyHint"] = tool.annotations.read_only;
    annotations["destructiveHint"] = tool.annotations.destructive;
    annotations["idempotentHint"] = tool.annotations.idempotent;
    annotations["openWorldHint"] = tool.annotations.open_world;
    return out;
}

TEST_CASE("there are these tools, in this order") {
    const Bench bench;
    std::vector<std::string> names;
    for (const auto& tool : bench.tools)
        names.push_back(tool.name);
    CHECK(names == std::vector<std::string>{"get_blender_status",
                                            "get_scene_info",
                                            "get_object_info",
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
                                            "import_file",
                                            "export_file",
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

TEST_CASE("the standard set stays small") {
    const Bench bench;
    core::Json list = core::Json::array();
    std::string sizes;
    for (const auto& tool : select(bench.tools, {ToolSet::standard})) {
        list.push_back(listed(tool));
        sizes += tool.name + " " + std::to_string(core::dump(list.back()).size()) + ", ";
    }
    const auto size = core::dump(list).size();
    std::cout << "tools/list: " << sizes << "together " << size << " bytes\n";
    CHECK(size < 24 * 1024);
}

TEST_CASE("the tools that only the full set has are small, too") {
    const Bench bench;
    for (const auto& tool : bench.tools) {
        if (smallest_set(tool.name) != ToolSet::full) continue;
        const auto size = core::dump(listed(tool)).size();
        std::cout << tool.name << ": " << size << " bytes\n";
        CHECK(size < 1400);
    }
}

TEST_CASE("the minimal set is small") {
    const Bench bench;
    core::Json list = core::Json::array();
    for (const auto& tool : select(bench.tools, {ToolSet::minimal}))
        list.push_back(listed(tool));
    const auto size = core::dump(list).size();
    std::cout << "tools/list of the minimal set: " << size << " bytes\n";
    CHECK(size < 6 * 1024);
}

TEST_CASE("the tools that look things up cost little") {
    const Bench bench;
    for (const auto* name : {"inspect_data", "lookup_api"}) {
        CAPTURE(name);
        CHECK(core::dump(listed(bench.tool(name))).size() <= 900);
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
        if (is_outline(schema)) return;
        if (path.ends_with("_file.options")) return;  // Blender's own, checked by the runtime
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
        "name",       "location",   "scale",          "base_color", "metallic",
        "roughness",  "alpha",      "emission_color", "ior",        "emission_strength",
        "type",       "collection", "transmission",   "selected",   "visible",
        "parent",     "kind",       "shade",          "color",      "clip_end",
        "body",       "extrude",    "align",          "font_size",  "closed",
        "points",     "vertices",   "edges",          "light",      "camera",
        "text",       "curve",      "mesh",           "samples",    "frame",
        "action",     "items",      "operations",     "material",   "frame_end",
        "frame_step", "limit",      "cursor"};
    walk_inputs([](const core::Json& schema, const std::string& path, const std::string& property) {
        if (property.empty()) return;
        CAPTURE(path);
        CHECK((schema.contains("description") || plain.contains(property)));
    });
}

TEST_CASE("defaults keep the rules") {
    walk_inputs([](const core::Json& schema, const std::string& path, const std::string&) {
        if (!schema.contains("default")) return;
        CAPTURE(path);
        CHECK(guard::JsonSchema::compile(schema)->validate(schema["default"]).has_value());
    });
}

TEST_CASE("output objects are open, so that results may grow") {
    const Bench bench;
    for (const auto& tool : bench.tools) {
        walk(tool.output_schema, tool.name, "",
             [](const core::Json& schema, const std::string& path, const std::string&) {
                 CAPTURE(path);
                 CHECK(!schema.contains("additionalProperties"));
             });
    }
}

TEST_CASE("who may read only gets stills, and nothing that writes files") {
    Bench bench;
    ToolOptions options;
    options.selection.read_only = true;
    const auto tools = all_tools(bench.blender, bench.guards, options);
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
        {"import_file", false, false, false, false},
        {"export_file", false, true, true, false},
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
