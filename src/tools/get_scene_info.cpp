#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json field() {
    return one_of({"name", "type", "location", "visible", "collections", "rotation", "scale",
                   "dimensions", "parent", "materials", "modifiers", "world_bounds", "selected",
                   "data"});
}

}  // namespace

Spec get_scene_info_spec() {
    return {
        "get_scene_info",
        "Scene overview",
        "Overview of the open scene: counts, units, frames, camera, engine, collections, and pages "
        "of objects (detail objects or full). For a few known objects use get_object_info.",
        object({
            {"detail", with_default(one_of({"summary", "objects", "full"},
                                           "summary: no objects; objects: name, type, location, "
                                           "visibility; full: transforms, parents, materials, "
                                           "modifiers too."),
                                    "summary")},
            {"filter", outlined(fragments::filter(
                           "All that match {name: Chair*, type: MESH, collection, selected, "
                           "visible}"))},
            {"fields", array_of(field(), 1, 14, "The fields of each object.")},
            {"limit", with_default(integer(1, 500, "Objects per page."), 50)},
            {"cursor", string(1, 1'000, "next_cursor of the page before.")},
        }),
        result({
            {"scene", type("string"), required},
            {"file", type("string")},
            {"dirty", type("boolean", "Has unsaved changes.")},
            {"object_count", type("integer"), required},
            {"counts", type("object", "Objects per type.")},
            {"collections", list_of(type("object"))},
            {"collection_count", type("integer")},
            {"left_out", type("object", "How many scenes and collections are not listed.")},
            {"matched", type("integer")},
            {"objects", list_of(type("object"))},
            {"next_cursor", type("string", "Absent on the last page.")},
            {"generation", type("integer", "Grows with every edit."), required},
        }),
        {.read_only = true, .destructive = false, .idempotent = true, .open_world = false},
    };
}

mcp::Tool get_scene_info(const Toolbox& toolbox) {
    return pass_through(get_scene_info_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
