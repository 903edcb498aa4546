// Which arguments each tool takes, and what it says about the others.
#include "fake_blender.hpp"

#include <limits>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

struct Row {
    std::string tool;
    std::string arguments;
    std::string expected;  // in the error; "" for valid
};

const std::vector<Row> rows{
    {"get_blender_status", "{}", ""},
    {"get_blender_status", R"({"verbose":true})", "verbose: unknown property"},

    {"get_scene_info", "{}", ""},
    {"get_scene_info",
     R"({"detail":"full","filter":{"name":"Chair*","type":"MESH","collection":"Props","selected":true,
         "visible":false},"fields":["name","world_bounds"],"limit":500,"cursor":"YWZ0ZXI6QQ=="})",
     ""},
    {"get_scene_info", R"({"filter":{}})", ""},
    {"get_scene_info", R"({"detail":"sumary"})",
     "detail: must be one of the allowed values, got \"sumary\"\n"
     "What to do: Did you mean \"summary\"? Allowed: summary, objects, full"},
    {"get_scene_info", R"({"filter":{"kind":"MESH"}})", "filter.kind: unknown property"},
    {"get_scene_info", R"({"limit":0})", "limit: must be at least 1, got 0"},
    {"get_scene_info", R"({"limit":501})", "Allowed: 1 to 500"},
    {"get_scene_info", R"({"limit":2.5})", "limit: must be a whole number from 1 to 500, got 2.5"},
    {"get_scene_info", R"({"fields":["colour"]})", "fields[0]: must be one of the allowed values"},
    {"get_scene_info", R"({"fields":[]})", "fields: must not be empty"},

    {"get_object_info", R"({"names":["Cube"]})", ""},
    {"get_object_info", R"({"names":["Würfel","立方体"],"include":["mesh","modifiers"]})", ""},
    {"get_object_info", "{}",
     "names: is required\nWhat to do: Give an array of 1 to 50 strings: Names of objects."},
    {"get_object_info", R"({"name":"Cube"})",
     "name: unknown property\nWhat to do: Did you mean \"names\"?"},
    {"get_object_info", R"({"names":"Cube"})",
     "names: must be an array of 1 to 50 strings, got \"Cube\""},
    {"get_object_info", R"({"names":[]})", "names: must not be empty"},
    {"get_object_info", R"({"names":[""]})", "names[0]: must not be empty"},
    {"get_object_info", R"({"names":["a"],"include":["meshes"]})",
     "include[0]: must be one of the allowed values, got \"meshes\"\nWhat to do: Did you mean "
     "\"mesh\"?"},

    {"get_viewport_screenshot", "{}", ""},
    {"get_viewport_screenshot",
     R"({"max_size":64,"view":{"azimuth":-30.5,"elevation":90},"shading":"material",
         "frame_objects":["Cube"],"timeout_s":5})",
     ""},
    {"get_viewport_screenshot",
     R"({"max_size":2048,"contact_sheet":6,"frame_objects":["A","B"],"shading":"wireframe"})", ""},
    {"get_viewport_screenshot", R"({"view":"camera","shading":"rendered"})", ""},
    {"get_viewport_screenshot", R"({"view":"current","frame_objects":["Cube"]})", ""},
    {"get_viewport_screenshot", R"({"max_size":63})", "max_size: must be at least 64, got 63"},
    {"get_viewport_screenshot", R"({"max_size":2049})", "max_size: must be at most 2048"},
    {"get_viewport_screenshot", R"({"view":"fornt"})", "Did you mean \"front\"?"},
    {"get_viewport_screenshot", R"({"view":{"azimuth":361}})", "view.azimuth: must be at most 360"},
    {"get_viewport_screenshot", R"({"view":{"elevation":-91}})",
     "view.elevation: must be at least -90"},
    {"get_viewport_screenshot", R"({"view":{"roll":3}})", "view.roll: unknown property"},
    {"get_viewport_screenshot", R"({"contact_sheet":5})",
     "contact_sheet: must be one of the allowed values"},
    {"get_viewport_screenshot", R"({"contact_sheet":4,"view":"front"})",
     "view: a contact sheet has views of its own\nWhat to do: Leave view or contact_sheet out."},
    {"get_viewport_screenshot", R"({"view":"camera","frame_objects":["Cube"]})",
     "frame_objects: the camera shows what it shows"},
    {"get_viewport_screenshot", R"({"frame_objects":[]})", "frame_objects: must not be empty"},
    {"get_viewport_screenshot", R"({"shading":"eevee"})", "shading: must be one of"},
    {"get_viewport_screenshot", R"({"timeout_s":0})", "timeout_s: must be at least 0.1, got 0"},

    {"inspect_data", R"({"path":"scene.render"})", ""},
    {"inspect_data", R"({"path":"objects","depth":0,"limit":500,"cursor":"7"})", ""},
    {"inspect_data", "{}", "path: is required"},
    {"inspect_data", R"({"path":""})", "path: must not be empty"},
    {"inspect_data", R"({"path":"scene","depth":5})", "depth: must be at most 4, got 5"},
    {"inspect_data", R"({"data_path":"scene"})", "data_path: unknown property"},

    {"lookup_api", R"({"query":"bevel edges"})", ""},
    {"lookup_api", R"({"query":"Object","fields":["location"],"limit":200,"cursor":"40"})", ""},
    {"lookup_api", "{}",
     "query: is required\nWhat to do: Give a string: mesh.bevel, BevelModifier, Object.location, "
     "ShaderNodeMix or plain words"},
    {"lookup_api", R"({"query":""})", "query: must not be empty"},
    {"lookup_api", R"({"query":"Object","fields":"location"})", "fields: must be an array"},
    {"lookup_api", R"({"query":"Object","limit":0})", "limit: must be at least 1, got 0"},

    {"create_objects", R"({"items":[{"kind":"cube"}]})", ""},
    {"create_objects",
     R"({"items":[{"kind":"sphere","name":"Ball","location":[0,0,-0.5],"rotation":[90,0,-45],
         "scale":[1,1,0],"size":0.5,"collection":"Props","parent":"Root","material":"Steel",
         "shade":"smooth","segments":64}]})",
     ""},
    {"create_objects",
     R"({"items":[{"kind":"light","look_at":[0,0,0],"light":{"type":"spot","energy":1000,
         "color":"#ffddaa","size":1,"angle":45}},
        {"kind":"camera","look_at":"Ball","camera":{"lens":50,"active":true,"clip_end":1000,
         "orthographic_scale":6}},
        {"kind":"text","text":{"body":"Hallo","extrude":0.1,"align":"center","font_size":2}},
        {"kind":"curve","curve":{"points":[[0,0,0],[1,1,1]],"closed":false,"bevel_depth":0.02}},
        {"kind":"mesh","mesh":{"vertices":[[0,0,0],[1,0,0],[0,1,0]],"faces":[[0,1,2]],
         "edges":[[0,1]]},"material":{"base_color":[1,0,0]}}]})",
     ""},
    {"create_objects", "{}", "items: is required"},
    {"create_objects", R"({"items":[]})", "items: must not be empty"},
    {"create_objects", R"({"items":[{"name":"A"}]})",
     "items[0].kind: is required\nWhat to do: Give one of \"cube\""},
    {"create_objects", R"({"items":[{"kind":"cube"},{"kind":"spere"}]})",
     "items[1].kind: must be one of the allowed values, got \"spere\"\nWhat to do: Did you mean "
     "\"sphere\"?"},
    {"create_objects", R"({"items":[{"kind":"cube","locaton":[0,0,0]}]})",
     "items[0].locaton: unknown property\nWhat to do: Did you mean \"location\"?"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[0,0]}]})",
     "items[0].location: must have exactly 3 items, got 2"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[0,0,null]}]})",
     "items[0].location[2]: Z coordinate must be a number from -1000000 to 1000000, got null"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[0,"NaN",0]}]})",
     "items[0].location[1]: Y coordinate must be a number from -1000000 to 1000000, got \"NaN\""},
    {"create_objects", R"({"items":[{"kind":"cube","location":[0,[0],0]}]})",
     "items[0].location[1]: Y coordinate must be a number"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[true,0,0]}]})",
     "items[0].location[0]: X coordinate must be a number from -1000000 to 1000000, got true"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[]}]})",
     "items[0].location: must have exactly 3 items, got 0"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[0,0,0,0]}]})",
     "items[0].location: must have exactly 3 items, got 4"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[[0,0,0]]}]})",
     "items[0].location: must have exactly 3 items, got 1"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[18446744073709551615,0,0]}]})",
     "items[0].location[0]: X coordinate must be at most 1000000, got 18446744073709551615"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[1,-0.0,5e-324],"scale":[0,0,0]}]})",
     ""},
    {"create_objects", R"({"items":[{"kind":"cube","look_at":[0,null,0]}]})",
     "items[0].look_at[1]: Y coordinate must be a number"},
    {"create_objects", R"({"items":[{"kind":"cube","name":"a\nb"}]})",
     "items[0].name: must not hold control characters, got \"a\\x0ab\""},
    {"create_objects", R"({"items":[{"kind":"cube","name":"a\u0000b"}]})",
     "items[0].name: must not hold control characters"},
    {"create_objects", R"({"items":[{"kind":"cube","location":[1e39,0,0]}]})",
     "items[0].location[0]: X coordinate must fit a 32-bit float (3.4e38 at most), got 1e+39"},
    {"create_objects", R"({"items":[{"kind":"cube","size":0}]})",
     "items[0].size: must be at least"},
    {"create_objects", R"({"items":[{"kind":"cube","segments":2}]})",
     "items[0].segments: must be at least 3"},
    {"create_objects", R"({"items":[{"kind":"cube","look_at":[0,0]}]})",
     "items[0].look_at: must have exactly 3 items, got 2"},
    {"create_objects", R"({"items":[{"kind":"cube","look_at":{"x":1}}]})",
     "items[0].look_at: must be an array of 3 numbers or a string, got an object with 1 member"},
    {"create_objects", R"({"items":[{"kind":"cube","material":{"base_color":[1,0]}}]})",
     "items[0].material.base_color: must have at least 3 items, got 2"},
    {"create_objects", R"({"items":[{"kind":"cube","material":{"colour":[1,0,0]}}]})",
     "items[0].material.colour: unknown property"},
    {"create_objects", R"({"items":[{"kind":"light","light":{"energy":-1}}]})",
     "items[0].light.energy: must be at least 0, got -1"},
    {"create_objects", R"({"items":[{"kind":"text","text":{}}]})",
     "items[0].text.body: is required"},
    {"create_objects",
     R"({"items":[{"kind":"mesh","mesh":{"vertices":[[0,0,0]],"faces":[[0,-1,2]]}}]})",
     "items[0].mesh.faces[0][1]: must be at least 0, got -1"},
    {"create_objects",
     R"({"items":[{"kind":"mesh","mesh":{"vertices":[[0,0,0]],"faces":[[0,1.5,2]]}}]})",
     "items[0].mesh.faces[0][1]: must be a whole number"},

    {"update_objects", R"({"items":[{"name":"A","location":[1,2,3],"delta":true}]})", ""},
    {"update_objects", R"({"items":[{"name":"A","parent":null}]})", ""},
    {"update_objects",
     R"({"items":[{"name":"A","rotation":[0,0,360],"dimensions":[1,1,0],"rename":"B","parent":"C",
         "visible":false,"collection":"D","shade":"auto"},{"name":"E","look_at":"A"}]})",
     ""},
    {"update_objects", R"({"items":[{"location":[1,2,3],"delta":true}]})",
     "items[0].name: is required"},
    {"update_objects", R"({"items":[{"name":"A"}]})",
     "items[0]: must have at least 2 members, got 1"},
    {"update_objects", R"({"items":[{"name":"A","parent":7}]})",
     "items[0].parent: must be a string or null, got 7"},
    {"update_objects", R"({"items":[{"name":"A","dimensions":[1,-1,1]}]})",
     "items[0].dimensions[1]: Y coordinate must be at least 0, got -1"},
    {"update_objects", R"({"items":[{"name":"A","visible":"no"}]})",
     "items[0].visible: must be true or false, got \"no\""},

    {"delete_objects", R"({"names":["A"]})", ""},
    {"delete_objects", R"({"filter":{"name":"*"},"with_children":true,"purge_data":false})", ""},
    {"delete_objects", R"({"filter":{}})", "filter: must not be empty"},
    {"delete_objects", R"({"names":[]})", "names: must not be empty"},
    {"delete_objects", R"({"names":["A"],"all":true})", "all: unknown property"},

    {"duplicate_objects", R"({"names":["A"]})", ""},
    {"duplicate_objects",
     R"({"names":["A","Würfel"],"count":200,
         "step":{"offset":[2,0,-1],"rotation":[0,0,-30],"scale":[1,1,0.5],"pivot":[0,0,0]},"linked":true,"with_children":false,
         "collection":"Row","prefix":"L "})",
     ""},
    {"duplicate_objects", "{}", "names: is required"},
    {"duplicate_objects", R"({"names":[]})", "names: must not be empty"},
    {"duplicate_objects", R"({"names":["A"],"count":0})", "count: must be at least 1, got 0"},
    {"duplicate_objects", R"({"names":["A"],"count":201})", "count: must be at most 200, got 201"},
    {"duplicate_objects", R"({"names":["A"],"count":1.5})", "count: must be a whole number"},
    {"duplicate_objects", R"({"names":["A"],"step":{"offset":[1,2]}})",
     "step.offset: must have exactly 3"},
    {"duplicate_objects", R"({"names":["A"],"step":{"offset":[0,2e6,0]}})",
     "step.offset[1]: Y coordinate must be at most 1000000"},
    {"duplicate_objects", R"({"names":["A"],"step":{}})", "step: must not be empty"},
    {"duplicate_objects", R"({"names":["A"],"step":{"turn":[0,0,1]}})", "step.turn: unknown"},
    {"duplicate_objects", R"({"names":["A"],"step":{"scale":[2,2]}})",
     "step.scale: must have exactly 3 items, got 2"},
    {"duplicate_objects", R"({"names":["A"],"step":{"ofset":[1,2,3]}})",
     "Did you mean \"offset\"?"},
    {"duplicate_objects", R"({"names":["A"],"prefix":"a\nb"})",
     "prefix: must not hold control characters"},

    {"set_material", R"({"objects":["A"],"material":{}})", ""},
    {"set_material",
     R"({"objects":["A"],"material":{"name":"Steel","base_color":"#336699ff","metallic":1,
         "roughness":0.2,"emission_color":[1,1,1,1],"emission_strength":5,"alpha":0.5,"ior":1.45,
         "transmission":0},"slot":1})",
     ""},
    {"set_material", R"({"objects":["A"]})", "material: is required"},
    {"set_material", R"({"objects":["A"],"material":{"metallic":1.1}})",
     "material.metallic: must be at most 1, got 1.1"},
    {"set_material", R"({"objects":["A"],"material":{"metallic":[1,0,0]}})",
     "material.metallic: must be a number from 0 to 1, got an array of 3 items"},
    {"set_material", R"({"objects":["A"],"material":{"base_color":0.5}})",
     "material.base_color: must be a string or an array of 3 to 4 numbers, got 0.5"},
    {"set_material", R"({"objects":["A"],"material":{"base_color":[0.8,-0.1,0,1]}})",
     "material.base_color[1]: Green channel must be at least 0, got -0.1"},
    {"set_material", R"({"objects":["A"],"material":{"base_color":[1,1,1,1.5]}})",
     "material.base_color[3]: Alpha channel must be at most 1, got 1.5"},
    {"set_material", R"({"objects":["A"],"material":{"base_color":[null,1,1]}})",
     "material.base_color[0]: Red channel must be a number from 0 to 1, got null"},
    {"set_material", R"({"objects":["A\t"],"material":{}})",
     "objects[0]: must not hold control characters"},
    {"set_material", R"({"objects":["A"],"material":{"base_color":[1,1,1,1,1]}})",
     "material.base_color: must have at most 4 items, got 5"},
    {"set_material", R"({"objects":["A"],"material":{"base_color":"red"}})",
     "material.base_color: must have at least 7 characters, got 3: \"red\""},
    {"set_material", R"({"objects":["A"],"material":{"emission_strength":1e39}})",
     "material.emission_strength: must fit a 32-bit float"},
    {"set_material", R"({"objects":["A"],"material":{"textures":{"normal":5}}})",
     "material.textures.normal: must be a string"},
    {"set_material", R"({"objects":["A"],"material":{"textures":{"ior":"/tmp/a.png"}}})",
     "material.textures.ior: unknown property"},
    {"create_objects", R"({"items":[{"kind":"cube","material":{"textures":{}}}]})",
     "items[0].material"},
    {"set_material", R"({"objects":["A"],"material":{},"slot":32})",
     "slot: must be at most 31, got 32"},

    {"edit_nodes", R"({"tree":{"kind":"material","name":"Steel"}})", ""},
    {"edit_nodes",
     R"({"tree":{"kind":"geometry","object":"A","modifier":"B","name":"C"},"layout":true,
         "operations":[{"add":"ShaderNodeMath","name":"M","label":"","location":[-10,0.5],
         "values":{"operation":"ADD","0":1,"Value_001":null,"x":[1,{"a":[true,"b"]}]}},
         {"set":"M","values":{}},{"link":[["M",0],["N","Value"]]},{"unlink":["M","Value"]},
         {"remove":"*"},{"interface":"add_input","name":"D","socket_type":"Float"}]})",
     ""},
    {"edit_nodes", R"({"operations":[]})", "tree: is required"},
    {"edit_nodes", R"({"tree":{"kind":"texture"}})", "tree.kind: must be one of the allowed"},
    {"edit_nodes", R"({"tree":{"kind":"world","scene":"S"}})", "tree.scene: unknown property"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"ad":"X"}]})",
     "operations[0].ad: unknown property\nWhat to do: Did you mean \"add\"?"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"link":[["A","B"]]}]})",
     "operations[0].link: must have exactly 2 items, got 1"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"link":[["A"],["B","C"]]}]})",
     "operations[0].link[0]: must have exactly 2 items, got 1"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"unlink":["A",-1]}]})",
     "operations[0].unlink[1]: must be"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"add":"X","values":[1]}]})",
     "operations[0].values: must be an object"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"add":"X","values":{"A":1e39}}]})",
     "operations[0].values.A: must fit a 32-bit float"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"add":"X","image":"a.png"}]})",
     "operations[0].image: \"a.png\" is relative to the .blend file"},
    {"edit_nodes", R"({"tree":{"kind":"world"},"operations":[{"interface":"add"}]})",
     "operations[0].interface: must be one of the allowed values"},
    {"set_modifiers",
     R"({"objects":["A"],"operations":[
         {"add":"BEVEL","name":"Fase","properties":{"width":0.1,"use_axis":[true,false,true]}},
         {"set":"Fase","properties":{"object":null}},{"move":"Fase","to":0},
         {"apply":"Fase","single_user":true},{"remove":"Fase"}]})",
     ""},
    {"set_modifiers", R"({"objects":["A"]})", "operations: is required"},
    {"set_modifiers", R"({"objects":["A"],"operations":[]})", "operations: must not be empty"},
    {"set_modifiers", R"({"objects":["A"],"operations":[{"ad":"BEVEL"}]})",
     "operations[0].ad: unknown property\nWhat to do: Did you mean \"add\"?"},
    {"set_modifiers", R"({"objects":["A"],"operations":[{"move":"A","to":-1}]})",
     "operations[0].to: must be at least 0, got -1"},
    {"set_modifiers", R"({"objects":["A"],"operations":[{"set":"A","properties":[1]}]})",
     "operations[0].properties: must be an object"},
    {"set_modifiers", R"({"objects":["A"],"operations":[{"set":"A","properties":{"w":1e39}}]})",
     "operations[0].properties.w: must fit a 32-bit float"},

    {"set_keyframes",
     R"({"target":"A","data_path":"location","keys":[{"frame":1,"value":[0,0,1]},
         {"frame":-2.5,"value":"#ff0000","interpolation":"bounce","easing":"ease_in",
          "handles":"vector"},{"frame":3,"value":true},{"frame":4}],
         "remove":{"first":1,"last":250},"action":"Walk","extrapolation":"mirror"})",
     ""},
    {"set_keyframes", R"({"target":"materials[\"Gold\"]","data_path":"roughness"})", ""},
    {"set_keyframes", R"({"target":"A"})", "data_path: is required"},
    {"set_keyframes", R"({"target":"A","data_path":"location","keys":[{"value":1}]})",
     "keys[0].frame: is required"},
    {"set_keyframes",
     R"({"target":"A","data_path":"location","keys":[{"frame":1,"interpolation":"smooth"}]})",
     "keys[0].interpolation: must be one of the allowed values"},
    {"set_keyframes", R"({"target":"A","data_path":"location","remove":{"first":1}})",
     "remove.last: is required"},
    {"set_keyframes", R"({"target":"A","data_path":"location","keys":[{"frame":2e6}]})",
     "keys[0].frame: must be at most 1048574"},
    {"set_keyframes", R"({"target":"A","data_path":"scale","keys":[{"frame":1,"value":[1,"a"]}]})",
     "keys[0].value"},

    {"set_scene",
     R"({"camera":"A","world":{"name":"W","color":"#ffffff","strength":1,"rotation":-90},
         "units":{"system":"metric","length_unit":"meters","scale":0.01},
         "frame":{"current":-5,"start":0,"end":9,"step":3,"fps":23.976},
         "render":{"engine":"eevee","samples":4,"resolution":[4,65536],"percentage":50,
                   "transparent":true},
         "color_management":{"view_transform":"AgX","look":"None","exposure":-1,"gamma":1}})",
     ""},
    {"set_scene", R"({"engine":"cycles"})", "engine: unknown property"},
    {"set_scene", R"({"world":{"colour":"#ffffff"}})",
     "world.colour: unknown property\nWhat to do: Did you mean \"color\"?"},
    {"set_scene", R"({"world":{"strength":-1}})", "world.strength: must be at least 0, got -1"},
    {"set_scene", R"({"world":{"image":""}})", "world.image: must not be empty"},
    {"set_scene", R"({"world":{"image":"missing.hdr"}})",
     "world.image: \"missing.hdr\" is relative to the .blend file"},
    {"set_scene", R"({"frame":{"fps":0}})", "frame.fps: must be at least 0.1, got 0"},
    {"set_scene", R"({"frame":{"start":-1}})", "frame.start: must be at least 0, got -1"},
    {"set_scene", R"({"frame":{"end":1.5}})", "frame.end: must be a whole number"},
    {"set_scene", R"({"render":{"engine":"eeve"}})", "Did you mean \"eevee\"?"},
    {"set_scene", R"({"render":{"resolution":[1920]}})",
     "render.resolution: must have exactly 2 items, got 1"},
    {"set_scene", R"({"render":{"percentage":0}})", "render.percentage: must be at least 1"},
    {"set_scene", R"({"color_management":{"gamma":1e39}})", "color_management.gamma: must fit"},
    {"set_scene", R"({"units":"metric"})", "units: must be an object"},

    {"render", "{}", ""},
    {"render",
     R"({"engine":"cycles","samples":4096,"resolution":[1920,1080],"percentage":50,"camera":"Cam",
         "frame":-5,"transparent":true,"timeout_s":0.5})",
     ""},
    {"render",
     R"({"kind":"animation","output":"/tmp/x.mp4","frame_start":0,"frame_end":9,"frame_step":3,
         "overwrite":true,"samples":4})",
     ""},
    {"render", R"({"kind":"movie"})", "kind: must be one of the allowed values"},
    {"render", R"({"kind":"animation"})",
     "output: an animation needs it, for its files\nWhat to do: Give a video (.mp4"},
    {"render", R"({"kind":"animation","output":""})", "output: must not be empty"},
    {"render", R"({"kind":"animation","output":"/tmp/x.mp4","frame":3})",
     "frame: is of a still; an animation has frame_start and frame_end"},
    {"render", R"({"kind":"animation","output":"/tmp/x.mp4","frame_step":0})",
     "frame_step: must be at least 1, got 0"},
    {"render", R"({"kind":"animation","output":"/tmp/x.mp4","frame_start":-1})",
     "frame_start: must be at least 0, got -1"},
    {"render", R"({"output":"/tmp/x.png"})", "output: is of an animation, and this is a still"},
    {"render", R"({"kind":"still","frame_end":3})",
     "frame_end: is of an animation, and this is a still\nWhat to do: Add \"kind\": \"animation\""},
    {"render", R"({"engine":"BLENDER_EEVEE"})", "engine: must be one of the allowed values"},
    {"render", R"({"engine":"Cycles"})", "Did you mean \"cycles\"?"},
    {"render", R"({"resolution":[1920]})", "resolution: must have exactly 2 items, got 1"},
    {"render", R"({"resolution":[9000,10]})", "resolution[0]: must be at most 8192, got 9000"},
    {"render", R"({"samples":0})", "samples: must be at least 1"},
    {"render", R"({"timeout_s":0})", "timeout_s: must be at least 0.1, got 0"},
    {"render", R"({"percentage":"50%"})",
     "percentage: must be a number from 1 to 100, got \"50%\""},

    {"batch",
     R"({"steps":[{"tool":"create_objects","arguments":{"items":[{"kind":"cube"}]}},
         {"tool":"get_scene_info","arguments":{}}],"atomic":false,"label":"Two","timeout_s":5})",
     ""},
    {"batch", R"({"steps":[]})", "steps: must not be empty"},
    {"batch", R"({"steps":[{"tool":"render","arguments":{}}]})",
     "steps[0].tool: must be one of the allowed values, got \"render\""},
    {"batch", R"({"steps":[{"tool":"delete_objects"}]})", "steps[0].arguments: is required"},
    {"batch",
     R"({"steps":[{"tool":"get_scene_info","arguments":{}},
         {"tool":"create_objects","arguments":{"items":[{"kind":"spere"}]}}]})",
     "steps[1].arguments.items[0].kind: must be one of the allowed values, got \"spere\"\nWhat to "
     "do: Did you mean \"sphere\"?"},
    {"batch", R"({"steps":[{"tool":"get_object_info","arguments":{"name":"Cube"}}]})",
     "steps[0].arguments.name: unknown property\nWhat to do: Did you mean \"names\"?"},
    {"batch",
     R"({"steps":[{"tool":"execute_blender_code","arguments":{"code":"x","timeout_s":1}}]})",
     "steps[0].arguments.timeout_s: a batch has one limit for all steps\nWhat to do: Give "
     "timeout_s "
     "to the batch itself."},

    {"history", R"({"action":"list"})", ""},
    {"history", R"({"action":"undo","steps":50})", ""},
    {"history", R"({"action":"restore","name":"../ä b"})", ""},
    {"history", "{}", "action: is required"},
    {"history", R"({"action":"restor"})", "Did you mean \"restore\"?"},
    {"history", R"({"action":"undo","steps":0})", "steps: must be at least 1, got 0"},
    {"history", R"({"action":"undo","steps":51})", "steps: must be at most 50, got 51"},
    {"history", R"({"action":"redo","steps":1.5})", "steps: must be a"},
    {"history", R"({"action":"drop","name":""})", "name: must not be empty"},
    {"history", R"({"action":"drop","name":"a\nb"})", "name: must not hold control characters"},
    {"history", R"({"action":"drop","path":"/tmp/a.blend"})", "path: unknown property"},

    {"manage_file", R"({"action":"save_as","path":"/tmp/ä.blend","overwrite":true})", ""},
    {"manage_file", R"({"action":"new","use_empty":true,"discard_changes":true})", ""},
    {"manage_file", "{}", "action: is required"},
    {"manage_file", R"({"action":"saveas"})", "Did you mean \"save_as\"?"},
    {"manage_file", R"({"action":"open","path":""})", "path: must not be empty"},
    {"manage_file", R"({"action":"open","path":"/tmp/a\u0000.blend"})",
     "path: must not hold control characters, got \"/tmp/a\\x00.blend\""},
    {"manage_file", R"({"action":"save_as","path":"/tmp/../tmp/a..b ä x.blend"})", ""},
    {"manage_file", R"({"action":"open","path":5})", "path: must be a string, got 5"},

    {"execute_blender_code", R"({"code":"x = 1"})", ""},
    {"execute_blender_code",
     R"({"code":"x = 1","return_expression":"x","namespace":"session","timeout_s":3600})", ""},
    {"execute_blender_code", "{}",
     "code: is required\nWhat to do: Give a string: Set the variable result"},
    {"execute_blender_code", R"({"code":""})", "code: must not be empty"},
    {"execute_blender_code", R"({"code":"x","timeout_s":3601})",
     "timeout_s: must be at most 3600, got 3601"},
    {"execute_blender_code", R"({"code":"x","timeout_s":0.05})", "timeout_s: must be at least 0.1"},
    {"execute_blender_code", R"({"script":"x"})", "script: unknown property"},
};

TEST_CASE("edit_nodes takes 200 operations and no more") {
    Bench bench;
    core::Json arguments{{"tree", {{"kind", "world"}}}};
    arguments["operations"] = core::Json(200, core::Json{{"remove", "*"}});
    CHECK(!bench.call_with("edit_nodes", arguments).is_error);
    arguments["operations"].push_back(core::Json{{"remove", "*"}});
    CHECK_THAT(error_text(bench.call_with("edit_nodes", arguments)),
               ContainsSubstring("operations: must have at most 200 items, got 201"));
}

TEST_CASE("arguments are checked before Blender hears of them") {
    for (const auto& row : rows) {
        CAPTURE(row.tool, row.arguments);
        Bench bench;
        const auto result = bench.call(row.tool, row.arguments);
        if (row.expected.empty()) {
            CHECK(error_text(result).empty());
        } else {
            CHECK_THAT(error_text(result), ContainsSubstring(row.expected));
            CHECK(result.structured.empty());
            CHECK(bench.blender.calls.empty());
        }
    }
}

void each_number(core::Json& value, const std::function<void(core::Json& number)>& visit) {
    if (value.is_number()) visit(value);
    if (!value.is_structured()) return;
    for (auto& member : value)
        each_number(member, visit);
}

TEST_CASE("no number of any call may be infinite or not a number or too large") {
    std::size_t tried = 0;
    Bench bench;
    for (const auto& row : rows) {
        if (!row.expected.empty()) continue;
        auto arguments = core::Json::parse(row.arguments);
        each_number(arguments, [&](core::Json& number) {
            const auto valid = number;
            for (const double bad :
                 {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                  std::numeric_limits<double>::quiet_NaN(), 1e39, -1e39}) {
                number = bad;
                CAPTURE(row.tool, row.arguments, bad);
                const auto text = error_text(bench.call_with(row.tool, arguments));
                CHECK_THAT(text, ContainsSubstring("must be finite") ||
                                     ContainsSubstring("must fit a 32-bit float"));
                ++tried;
            }
            number = valid;
        });
    }
    CHECK(tried > 200);
    CHECK(bench.blender.calls.empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
