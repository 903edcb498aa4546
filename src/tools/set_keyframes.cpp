#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
namespace {

using namespace schema;

constexpr double last_frame = 1'048'574;  // MAXFRAME of Blender
constexpr std::size_t most_keys = 10'000;

Json frame() {
    return number(-last_frame, last_frame);
}

Json value() {
    const Json any = number(-3.4e38, 3.4e38);
    return any_of({any, array_of(any, 1, 32), boolean(), string(1, 255)},
                  "As it is now if left out.");
}

Json key() {
    return outlined(object(
        {
            {"frame", frame(), required},
            {"value", value()},
            {"interpolation",
             one_of({"constant", "linear", "bezier", "sine", "quad", "cubic", "quart", "quint",
                     "expo", "circ", "back", "bounce", "elastic"})},
            {"easing", one_of({"auto", "ease_in", "ease_out", "ease_in_out"})},
            {"handles", one_of({"free", "aligned", "vector", "auto", "auto_clamped"})},
        },
        "{frame: 1, value: [0, 0, 2] (or as it is), interpolation: linear, constant, "
        "bounce…, easing: ease_in, …, handles: vector, …}"));
}

Json removed() {
    return outlined(object({{"first", frame(), required}, {"last", frame(), required}},
                           "{first: 1, last: 250}"));
}

}  // namespace

Spec set_keyframes_spec() {
    return {
        .name = "set_keyframes",
        .title = "Set keyframes",
        .description =
            "Animates one property: removes, then sets keys, all or none. Angles in degrees. "
            "Returns its F-curves.",
        .input = object({
            {"target", string(0, 300, "Object name, scene, materials[\"Gold\"], …"), required},
            {"data_path",
             string(0, 1'000,
                    "location, rotation, scale.z, data.lens, [\"custom\"], "
                    "active_material.node_tree.nodes[\"…\"].inputs[\"…\"].default_value"),
             required},
            {"keys", array_of(key(), 1, most_keys, "To set.")},
            {"remove", removed()},
            {"action", fragments::name("Name.")},
            {"extrapolation",
             one_of({"constant", "linear", "repeat", "repeat_offset", "mirror"}, "Beyond keys.")},
        }),
        .output = result({
            {"curves", list_of(type("object")), required},
            {"warnings", fragments::text_list(), required},
            {"changes", type("object"), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = true,
                        .idempotent = true,
                        .open_world = false},
    };
}

mcp::Tool set_keyframes(const Toolbox& toolbox) {
    return pass_through(set_keyframes_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
