#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <array>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

constexpr std::size_t most_vertices = 100'000;
constexpr std::size_t most_faces = 200'000;

Json light() {
    return outlined(object(
        {
            {"type", with_default(one_of({"point", "sun", "spot", "area"}), "point")},
            {"energy", number(0, 1e9, "Watts; sun: W/m², about 1 to 10.")},
            {"color", fragments::colour()},
            {"size", number(0, 1e4, "Diameter or edge; larger is softer.")},
            {"angle", number(0, 180, "Cone of a spot, disc of a sun; degrees.")},
        },
        "{type: point, sun, spot or area, energy: W (sun: W/m², 1 to 10), color, size (larger is "
        "softer), angle (of a spot or sun, degrees)}"));
}

Json camera() {
    return outlined(object(
        {
            {"lens", number(1, 5'000, "Focal length, mm.")},
            {"active", boolean("Make it the scene's camera.")},
            {"clip_end", number(0.001, 1e9)},
            {"orthographic_scale", number(0.001, 1e6, "Makes it orthographic.")},
        },
        "{lens: mm, active (make it the scene's), clip_end, orthographic_scale (makes it "
        "orthographic)}"));
}

Json text() {
    return outlined(object(
        {
            {"body", string(1, 10'000), required},
            {"extrude", number(0, 1e4)},
            {"align", one_of({"left", "center", "right"})},
            {"font_size", number(0.001, 1e4)},
        },
        "{body, extrude, align: left, center or right, font_size}"));
}

Json curve() {
    return outlined(object(
        {
            {"points", array_of(fragments::position(), 2, 10'000), required},
            {"closed", boolean()},
            {"bevel_depth", number(0, 1e4, "Radius of the tube.")},
        },
        "{points: [[x, y, z], …], closed, bevel_depth (radius of the tube)}"));
}

Json mesh() {
    const Json index = integer(0, most_vertices - 1);
    return outlined(object(
        {
            {"vertices", array_of(fragments::position(), 1, most_vertices), required},
            {"faces", array_of(array_of(index, 3, 1'000), 0, most_faces, "Vertex indices.")},
            {"edges", array_of(array_of(index, 2, 2), 0, most_faces)},
        },
        "{vertices: [[x, y, z], …], faces: [[0, 1, 2], …], edges}"));
}

Json item() {
    return object({
        {"kind",
         one_of({"cube", "sphere", "ico_sphere", "cylinder", "cone", "torus", "plane", "circle",
                 "grid", "monkey", "empty", "light", "camera", "text", "curve", "mesh"}),
         required},
        {"name", fragments::name()},
        {"location", fragments::position()},
        {"rotation", fragments::rotation("XYZ Euler, degrees.")},
        {"scale", fragments::scale()},
        {"size", with_default(any_of({number(0.0001, 1e6), fragments::box()},
                                     "Edge or diameter; or [x, y, z]."),
                              2)},
        {"look_at", fragments::look_at()},
        {"collection", fragments::name("Made if missing.")},
        {"parent", fragments::name()},
        {"material", any_of({fragments::name(), outlined(fragments::material(
                                                    "As of set_material, without textures."))})},
        {"shade", fragments::shade()},
        {"segments", integer(3, 512, "Of round shapes.")},
        {"light", light()},
        {"camera", camera()},
        {"text", text()},
        {"curve", curve()},
        {"mesh", mesh()},
    });
}

}  // namespace

Spec create_objects_spec() {
    return {
        "create_objects",
        "Create objects",
        "Creates primitives, lights, cameras, empties, text, curves and meshes, up to 200 in one "
        "call: all or none. Lengths in scene units, Z up; colours [r,g,b] or [r,g,b,a] linear 0-1, "
        "or #rrggbb. Returns the names as created. To change objects use update_objects.",
        object({{"items", array_of(item(), 1, 200), required}}),
        result({
            {"created", list_of(type("object", "{name, requested, kind, type}")), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = false, .idempotent = false, .open_world = false},
    };
}

mcp::Tool create_objects(const Toolbox& toolbox) {
    return pass_through(create_objects_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
