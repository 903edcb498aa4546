// Results of the runtime, as it sends them, against the output schemas: official clients refuse
// what does not match.
#include "catalogue.hpp"
#include "fake_blender.hpp"

#include <blender_mcpd/guard/json_schema.hpp>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

struct Row {
    std::string tool;
    std::string result;
    std::string expected;  // in the message; "" for valid
};

const std::vector<Row> rows{
    {"get_blender_status", R"({"state":"ready","message":"Ready","next_step":""})", ""},
    {"get_blender_status",
     R"({"state":"busy","message":"m","next_step":"n","daemon":{"version":"0.1.0","uptime_s":1.5},
         "blender":{"executable":null,"running":null,"queue":0},
         "endpoint":{"host":"127.0.0.1","port":1,"listening":false},
         "pool":{"total":0},"limits":{},"metrics":{"a":1}})",
     ""},
    {"get_blender_status", R"({"state":"asleep","message":"","next_step":""})", "state: must be"},

    {"get_scene_info",
     R"({"scene":"Scene","scenes":["Scene"],"blender":"3.4.1","file":"","dirty":false,"generation":1,
         "object_count":3,"counts":{"MESH":1},"units":{"system":"METRIC","length_unit":"METERS",
         "scale":1.0},"frame":{"current":1,"start":1,"end":250,"fps":24.0},"camera":null,
         "engine":"BLENDER_EEVEE","resolution":[1920,1080],"world":null,
         "collections":[{"name":"Collection","objects":3,"children":[]}]})",
     ""},
    {"get_scene_info",
     R"({"scene":"Scene","generation":1,"object_count":1,"camera":"Camera","world":"World",
         "matched":2,"objects":[{"name":"Cube","parent":null,"materials":[null]}],
         "next_cursor":"YQ=="})",
     ""},
    {"get_scene_info", R"({"scene":"Scene","generation":1})", "object_count: is required"},

    {"get_object_info", R"({"objects":[{"name":"Cube","data":null}],"missing":[]})", ""},
    {"get_object_info",
     R"({"objects":[{"name":"Cube"}],"missing":[{"name":"Cub","nearest":["Cube"]}]})", ""},

    {"get_viewport_screenshot",
     R"({"image":{"mime_type":"image/png","width":800,"height":600,"bytes":99},"views":["iso"],
         "shading":"solid","engine":"workbench","fallback":"this Blender has no window",
         "seconds":0.3,"notes":["n"],"generation":4})",
     ""},
    {"get_viewport_screenshot",
     R"({"image":{"mime_type":"image/png"},"views":["current"],"engine":"viewport",
         "fallback":null})",
     ""},
    {"get_viewport_screenshot", R"({"views":["iso"]})", "image: is required"},

    {"inspect_data", R"({"path":"bpy.context.mode","type":"str","value":"OBJECT"})", ""},
    {"inspect_data", R"({"path":"bpy.context.object","type":"None","value":null})", ""},
    {"inspect_data", R"({"path":"scene","count":2,"members":["name","render"]})", ""},
    {"inspect_data", R"({"value":1})", "path: is required"},
    {"lookup_api", R"({"kind":"operator","name":"bpy.ops.mesh.bevel","properties":[]})", ""},
    {"lookup_api", R"({"matches":[]})", "kind: is required"},

    {"create_objects",
     R"({"created":[{"name":"A.001","requested":"A","kind":"cube","type":"MESH"}],
         "changes":{"added":["A.001"],"removed":[],"changed":{"scene:Scene":["camera"]}},
         "generation":2})",
     ""},
    {"create_objects", R"({"created":[],"generation":2})", "changes: is required"},

    {"update_objects",
     R"({"updated":["B"],"changes":{"added":[],"removed":[],"changed":{"B":["name"]}},
         "generation":3})",
     ""},
    {"delete_objects",
     R"({"removed":[],"changes":{"added":[],"removed":[],"changed":{}},"generation":3})", ""},
    {"duplicate_objects",
     R"({"created":[{"source":"A","names":["A.001"]}],"warnings":[],
         "changes":{"added":["A.001"],"removed":[],"changed":{}},"generation":3})",
     ""},
    {"set_material",
     R"({"material":{"name":"Steel","base_color":"linked","metallic":1.0,"created":true},
         "objects":["A"],"changes":{"added":["material:Steel"],"removed":[],"changed":{}},
         "generation":4})",
     ""},

    {"set_modifiers",
     R"({"objects":[{"name":"A","modifiers":[{"name":"B","type":"BEVEL","settings":{}}]}],
         "warnings":[],"changes":{"added":[],"removed":[],"changed":{"A":["modifiers"]}},
         "generation":4})",
     ""},
    {"set_keyframes",
     R"({"animated":"A","action":"AAction","removed":0,"curves":[{"data_path":"scale",
         "array_index":0,"keyframes":2,"frame_range":[1.0,9.0]}],"warnings":[],
         "changes":{"added":[],"removed":[],"changed":{"A":["animation"]}},"generation":4})",
     ""},

    {"duplicate_objects", R"({"created":[],"changes":{},"generation":3})", "warnings: is required"},
    {"set_modifiers", R"({"objects":[],"changes":{},"generation":4})", "warnings: is required"},
    {"set_keyframes", R"({"curves":[],"changes":{},"generation":4})", "warnings: is required"},

    {"execute_blender_code",
     R"({"stdout":"","stderr":"","result":null,"changes":{"added":[],"removed":[],"changed":{}},
         "generation":4,"duration_ms":0.2})",
     ""},
    {"execute_blender_code",
     R"({"stdout":"1\n","stderr":"","result":[1,{"a":"b"}],
         "changes":{"added":[],"removed":[],"changed":{}},"generation":4,"duration_ms":12})",
     ""},

    {"render",
     R"({"image":{"mime_type":"image/png","width":4,"height":4,"bytes":99},"engine":"workbench",
         "samples":null,"frame":1,"camera":null,"seconds":0.3,"notes":["n"],"generation":4})",
     ""},
    {"render",
     R"({"image":{"mime_type":"image/png"},"engine":"cycles","samples":64,"camera":"Camera"})", ""},
    {"render", R"({"engine":"cycles"})", "image: is required"},

    {"history",
     R"({"action":"list","undo":["Create A"],"redo":[],
         "checkpoints":[{"name":"a","time":"2026-01-02T03:04:05Z","bytes":9,"file":""}],
         "limits":{"undo_steps":32},"generation":5})",
     ""},
    {"history",
     R"({"action":"undo","steps":["Create A"],"undo":[],"redo":["Create A"],
         "changes":{"added":[],"removed":["A"],"changed":{}},"generation":5})",
     ""},
    {"history", R"({"action":"drop","dropped":["a"]})", "generation: is required"},

    {"batch",
     R"({"steps":[{"tool":"get_scene_info","result":{}}],
         "changes":{"added":[],"removed":[],"changed":{}},"generation":5})",
     ""},
    {"batch", R"({"steps":[],"generation":5})", "changes: is required"},

    {"manage_file",
     R"({"action":"save","file":"/a.blend","dirty":false,"generation":5,
         "changes":{"added":[],"removed":[],"changed":{}},"bytes":1000})",
     ""},
    {"manage_file", R"({"action":"new","file":"","dirty":false,"generation":5})", ""},
};

TEST_CASE("results match the output schemas") {
    for (const auto& row : rows) {
        CAPTURE(row.tool, row.result);
        const auto schema = guard::JsonSchema::compile(spec_of(row.tool).output);
        REQUIRE(schema.has_value());
        const auto verdict = schema->validate(core::Json::parse(row.result));
        if (row.expected.empty())
            CHECK((verdict ? "" : verdict.error().message).empty());
        else
            CHECK_THAT(verdict.error().message, ContainsSubstring(row.expected));
    }
}

}  // namespace
}  // namespace blender_mcpd::tools
