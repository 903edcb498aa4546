#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json operation() {
    return outlined(object(
        {
            {"add", string(1, 64)},
            {"set", fragments::name()},
            {"remove", fragments::name()},
            {"apply", fragments::name()},
            {"move", fragments::name()},
            {"name", fragments::name()},
            // Of any kind; what this Blender's RNA says of each is checked there.
            {"properties", type("object")},
            {"to", integer(0, 1'000)},
            {"single_user", boolean()},
        },
        "{add: \"BEVEL\", name, properties: {width: 0.1}, to: 0} or {set: name, properties} or "
        "{remove: "
        "name} or {apply: name, single_user: false} or {move: name, to: 0}. Properties by their "
        "RNA "
        "names, angles in degrees, data by name; of NODES also node_group and its inputs by "
        "name."));
}

}  // namespace

Spec set_modifiers_spec() {
    return {
        .name = "set_modifiers",
        .title = "Set modifiers",
        .description =
            "Adds, sets, removes, applies or moves modifiers of objects: all or none. Returns the "
            "stacks "
            "with what is not default, and warnings of what fails.",
        .input = object({
            {"objects", fragments::names(1, 50, "Each gets all."), required},
            {"operations", array_of(operation(), 1, 50, "In order."), required},
        }),
        .output = result({
            {"objects", list_of(type("object")), required},
            {"warnings", fragments::text_list(), required},
            {"changes", type("object"), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = true,
                        .idempotent = false,
                        .open_world = false},
    };
}

mcp::Tool set_modifiers(const Toolbox& toolbox) {
    return pass_through(set_modifiers_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
