#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {

namespace {

using namespace schema;

Json step() {
    return outlined(
        at_least(1, object(
                        {
                            {"offset", fragments::position()},
                            {"rotation", fragments::rotation()},
                            {"scale", fragments::scale()},
                            {"pivot", fragments::position()},
                        },
                        "{offset: [2, 0, 0], rotation: [0, 0, 30] degrees, pivot: [x, y, z] to "
                        "turn around, scale: [x, y, z] factors}: each copy from the one before")));
}

}  // namespace

Spec duplicate_objects_spec() {
    return {
        .name = "duplicate_objects",
        .title = "Duplicate objects",
        .description =
            "Copies objects with their children, up to 10,000 copies: all or none. A row: step "
            "with "
            "offset; a ring: with rotation and pivot. Returns the new names by source.",
        .input = object({
            {"names", fragments::names(1, 1'000, "Objects."), required},
            {"count", with_default(integer(1, 200, "Each."), 1)},
            {"step", step()},
            {"linked", boolean("Share data and action.")},
            {"with_children", with_default(boolean("Copy them too."), true)},
            {"collection", fragments::name()},
            {"prefix", fragments::name("Of the new names.")},
        }),
        .output = result({
            {"created", list_of(type("object")), required},
            {"count", type("integer")},
            {"warnings", fragments::text_list(), required},
            {"changes", type("object"), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = false,
                        .idempotent = false,
                        .open_world = false},
    };
}

mcp::Tool duplicate_objects(const Toolbox& toolbox) {
    return pass_through(duplicate_objects_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
