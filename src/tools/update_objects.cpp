#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json item() {
    return at_least(
        2,
        object({
            {"name", fragments::name(), required},
            {"location", fragments::position()},
            {"rotation", fragments::rotation("XYZ Euler, degrees.")},
            {"scale", fragments::scale()},
            {"dimensions", fragments::box("Size of the bounding box.")},
            {"look_at", fragments::look_at()},
            {"rename", fragments::name("The new name.")},
            {"parent", any_of({fragments::name(), type("null")}, "null: none.")},
            {"visible", boolean()},
            {"collection", fragments::name("Made if missing.")},
            {"shade", fragments::shade()},
            {"apply", array_of(one_of({"location", "rotation", "scale"}), 1, 3, "Into the data.")},
            {"properties", type("object", R"(Others: {"data.energy": 50})")},
            {"delta", boolean("Add location and rotation, multiply scale.")},
        }));
}

}  // namespace

Spec update_objects_spec() {
    return {
        "update_objects",
        "Update objects",
        "Changes objects and their data, up to 200 in one call: all or none. A new parent leaves "
        "the object where it is. Returns the names and what changed. For materials use "
        "set_material.",
        object({{"items", array_of(item(), 1, 200, "A name and what to change."), required}}),
        result({
            {"updated", fragments::text_list(), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        // What it overwrites is gone but for undo, and delta adds up.
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = false},
    };
}

mcp::Tool update_objects(const Toolbox& toolbox) {
    return pass_through(update_objects_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
