#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json include() {
    return array_of(one_of({"mesh", "modifiers", "materials", "constraints", "animation",
                            "custom_properties", "children", "geometry_nodes"}),
                    1, 8, "More details to return.");
}

}  // namespace

Spec get_object_info_spec() {
    return {
        "get_object_info",
        "Object details",
        "Transforms (rotation in degrees), dimensions, world bounds, parent, collections and "
        "materials of named objects; more with include. Names that do not exist come back in "
        "missing with the nearest ones. To find names use get_scene_info.",
        object({
            {"names", fragments::names(1, 50, "Names of objects."), required},
            {"include", include()},
        }),
        result({
            {"objects", list_of(type("object")), required},
            {"missing", list_of(type("object", "{name, nearest}"))},
            {"left_out", fragments::text_list()},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

mcp::Tool get_object_info(const Toolbox& toolbox) {
    return pass_through(get_object_info_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
