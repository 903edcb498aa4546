#include "binder.hpp"
#include "catalogue.hpp"
#include "schema.hpp"

namespace blender_mcpd::tools {

using namespace schema;

Spec lookup_api_spec() {
    return {
        "lookup_api",
        "Look up the API",
        "What this Blender's API has: parameters, types, ranges, defaults, enum items, sockets. "
        "Do not guess.",
        object({
            {"query",
             string(1, 200,
                    "mesh.bevel, BevelModifier, Object.location, ShaderNodeMix or plain words"),
             required},
            {"fields", array_of(string(1, 64), 1, 50, "Only these, in full.")},
            {"limit", integer(1, 200)},
            {"cursor", string(1, 1'000)},
        }),
        result({
            {"kind", type("string"), required},
            {"next_cursor", type("string")},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

mcp::Tool lookup_api(const Toolbox& toolbox) {
    return pass_through(lookup_api_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
