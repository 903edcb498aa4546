#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
using namespace schema;

Spec delete_objects_spec() {
    return {
        "delete_objects",
        "Delete objects",
        "Deletes objects, given by names or by a filter (exactly one of them). An unknown name "
        "deletes nothing. Children of deleted objects stay unless with_children. To only hide "
        "them use update_objects. Returns the removed names.",
        object({
            {"names", fragments::names(1, 1'000, "Names of objects.")},
            // An empty filter would delete everything.
            {"filter",
             at_least(1, outlined(fragments::filter(
                             "Deletes what matches all of {name: glob, type, collection, selected, "
                             "visible}; {name: \"*\"} for everything.")))},
            {"with_children", boolean("Delete descendants too.")},
            {"purge_data",
             with_default(boolean("Remove meshes etc. that nothing uses any more."), true)},
        }),
        result({
            {"removed", fragments::text_list(), required},
            {"count", type("integer")},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = true, .idempotent = true, .open_world = false},
    };
}

mcp::Tool delete_objects(const Toolbox& toolbox) {
    return pass_through(delete_objects_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
