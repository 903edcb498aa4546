#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
using namespace schema;

Spec set_material_spec() {
    return {
        "set_material",
        "Set material",
        "Makes or edits a Principled BSDF material and assigns it to objects. Only the given "
        "values are set. Colours [r,g,b] or [r,g,b,a] linear 0-1, or #rrggbb. Returns the "
        "material's values. For node graphs and textures use execute_blender_code.",
        object({
            {"objects", fragments::names(1, 200, "Names of objects."), required},
            {"material", fragments::material(), required},
            {"slot", with_default(integer(0, 31, "Material slot."), 0)},
        }),
        result({
            {"material", type("object"), required},
            {"objects", fragments::text_list(), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        // Overwrites values of an existing material; without a name every call makes one.
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = false},
    };
}

mcp::Tool set_material(const Toolbox& toolbox) {
    return pass_through(set_material_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
