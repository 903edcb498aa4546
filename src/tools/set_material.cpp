#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <string>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Json material() {
    auto material = fragments::material();
    const auto path = fragments::source_path();
    material["properties"]["textures"] =
        outlined(object({{"base_color", path},
                         {"metallic", path},
                         {"roughness", path},
                         {"normal", path},
                         {"emission_color", path},
                         {"alpha", path},
                         {"transmission", path}},
                        "{base_color, metallic, roughness, normal, emission_color, alpha, "
                        "transmission: path of an image}, by the objects' UVs"));
    return material;
}

SourcePaths source_paths(core::Json& arguments) {
    SourcePaths paths;
    auto& material = arguments["material"];
    if (const auto textures = material.find("textures"); textures != material.end())
        for (auto& [setting, path] : textures->items())
            paths.push_back({&path, "material.textures." + setting});
    return paths;
}

}  // namespace

Spec set_material_spec() {
    return {
        .name = "set_material",
        .title = "Set material",
        .description =
            "Makes or edits a Principled BSDF material and assigns it to objects. Only the given "
            "values are set. Colours [r,g,b] or [r,g,b,a] linear 0-1, or #rrggbb. Returns the "
            "material's values. For other nodes use edit_nodes.",
        .input = object({
            {"objects", fragments::names(1, 200, "Names of objects."), required},
            {"material", material(), required},
            {"slot", with_default(integer(0, 31, "Material slot."), 0)},
        }),
        .output = result({
            {"material", type("object"), required},
            {"objects", fragments::text_list(), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        // Overwrites values of an existing material; without a name every call makes one.
        .annotations = {.read_only = false,
                        .destructive = true,
                        .idempotent = false,
                        .open_world = false},
        .source_paths = source_paths,
    };
}

mcp::Tool set_material(const Toolbox& toolbox) {
    return pass_through(set_material_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
