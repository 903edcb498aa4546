#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <cstdint>

namespace blender_mcpd::tools {
namespace {

using namespace schema;

// Blender's MAXFRAME and the like; what this Blender allows is checked there.
constexpr std::int64_t last_frame = 1'048'574;

Json frame() {
    return outlined(object(
        {
            {"current", integer(-last_frame, last_frame)},
            {"start", integer(0, last_frame)},
            {"end", integer(0, last_frame)},
            {"step", integer(1, last_frame)},
            {"fps", number(0.1, 1'000)},
        },
        "{current, start, end, step, fps}"));
}

Json world() {
    return outlined(object(
        {
            {"name", fragments::name()},
            {"color", fragments::colour()},
            {"strength", number(0, 1e6)},
            {"image", fragments::source_path()},
            {"rotation", number(-36'000, 36'000)},
        },
        "{name (made if missing), color ([r,g,b] or #rrggbb), strength, image (path of an "
        "HDRI), rotation (of it, degrees)}"));
}

Json text() {
    return string(1, 63);
}

Json units() {
    return outlined(
        object({{"system", text()}, {"length_unit", text()}, {"scale", number(1e-9, 1e6)}},
               "{system: metric, length_unit: meters, scale}"));
}

Json render_settings() {
    return outlined(object(
        {
            {"engine", one_of({"workbench", "eevee", "cycles"})},
            {"samples", integer(1, 1 << 24)},
            {"resolution", array_of(integer(4, 65'536), 2, 2)},
            {"percentage", integer(1, 32'767)},
            {"transparent", boolean()},
        },
        "{engine: workbench, eevee or cycles, samples, resolution: [width, height], percentage, "
        "transparent}"));
}

Json color_management() {
    return outlined(object(
        {
            {"view_transform", text()},
            {"look", text()},
            {"exposure", number(-32, 32)},
            {"gamma", number(0, 5)},
        },
        "{view_transform: AgX, look: Punchy, exposure, gamma}"));
}

SourcePaths source_paths(core::Json& arguments) {
    const auto found = arguments.find("world");
    if (found == arguments.end() || !found->contains("image")) return {};
    return {{&(*found)["image"], "world.image"}};
}

}  // namespace

Spec set_scene_spec() {
    return {
        .name = "set_scene",
        .title = "Set up the scene",
        .description =
            "Sets what is given of camera, world, units, frames, render engine, size and "
            "colour management of the scene: all or none. Returns them as they are then. "
            "Errors name what this Blender allows.",
        .input = object({
            {"camera", fragments::name()},
            {"world", world()},
            {"units", units()},
            {"frame", frame()},
            {"render", render_settings()},
            {"color_management", color_management()},
            {"properties", type("object", R"(Others: {"cycles.max_bounces": 6})")},
        }),
        .output = result({
            {"scene", type("object"), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = true,
                        .idempotent = true,
                        .open_world = false},
        .source_paths = source_paths,
    };
}

mcp::Tool set_scene(const Toolbox& toolbox) {
    return pass_through(set_scene_spec(), toolbox);
}

}  // namespace blender_mcpd::tools
