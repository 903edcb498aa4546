#include "binder.hpp"
#include "catalogue.hpp"
#include "schema.hpp"

namespace blender_mcpd::tools {

using namespace schema;

Spec inspect_data_spec() {
    return {
        "inspect_data",
        "Inspect data",
        "Any value in bpy.data or bpy.context by its path, as JSON. Reads only, runs no code. "
        "Large "
        "collections and arrays come in pages. For objects use get_object_info.",
        object({
            {"path",
             string(1, 1'000, "bpy.data.materials[\"Steel\"].node_tree.nodes[0], scene.render"),
             required},
            {"depth", integer(0, 4, "0: names only; 2: structs inside, too.")},
            {"limit", integer(1, 500)},
            {"cursor", string(1, 1'000)},
        }),
        result({
            {"path", type("string"), required},
            {"value", Json::object()},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

mcp::Tool inspect_data(const Toolbox& toolbox) {
    return pass_through(inspect_data_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
