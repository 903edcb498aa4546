#include "demo_scene.hpp"

namespace blender_mcpd::app {

namespace {

core::Json parse(const char* text) {
    return core::Json::parse(text);
}

// What no tool does yet: rounder shapes, and a render that is quick on a small machine.
constexpr const char* finishing_touches = R"(import bpy
monkey = bpy.data.objects["Monkey"]
monkey.modifiers.new("Smooth", "SUBSURF").render_levels = 2
block = bpy.data.objects["Block"]
bevel = block.modifiers.new("Bevel", "BEVEL")
bevel.width, bevel.segments = 0.06, 3
cycles = bpy.context.scene.cycles
cycles.adaptive_threshold = 0.04
cycles.max_bounces = 6
cycles.caustics_reflective = cycles.caustics_refractive = False
)";

}  // namespace

std::vector<DemoStep> demo_scene() {
    return {
        {"get_scene_info", parse(R"({})"), "Starting a headless Blender"},
        {"delete_objects", parse(R"({"filter": {"name": "*"}})"), "Clearing the default scene"},
        {"create_objects", parse(R"({"items": [
            {"kind": "plane", "name": "Ground", "size": 60},
            {"kind": "plane", "name": "Backdrop", "size": 60, "location": [0, 14, 0], "rotation": [90, 0, 0]},
            {"kind": "cylinder", "name": "Pedestal", "location": [0, 0, 0.25], "scale": [1.7, 1.7, 0.25], "shade": "auto", "segments": 96},
            {"kind": "monkey", "name": "Monkey", "location": [0, 0, 1.5], "rotation": [-8, 0, 8], "scale": [1.05, 1.05, 1.05], "shade": "smooth"},
            {"kind": "sphere", "name": "Glass Ball", "location": [2.55, -1.15, 0.8], "size": 1.6, "shade": "smooth", "segments": 64},
            {"kind": "torus", "name": "Ring", "location": [-2.6, -0.9, 0.86], "rotation": [68, 18, -32], "scale": [0.78, 0.78, 0.78], "shade": "smooth", "segments": 96},
            {"kind": "cube", "name": "Block", "location": [-3.3, 1.9, 0.8], "rotation": [0, 0, 28], "size": 1.6},
            {"kind": "cone", "name": "Cone", "location": [3.2, 1.9, 1.1], "size": 1.9, "scale": [1, 1, 1.15], "shade": "auto", "segments": 96},
            {"kind": "ico_sphere", "name": "Gem", "location": [1.0, -2.35, 0.42], "rotation": [20, 0, 40], "size": 0.9},
            {"kind": "sphere", "name": "Pearl", "location": [-1.05, -2.2, 0.33], "size": 0.66, "shade": "smooth", "segments": 64}
        ]})"),
         "Creating objects"},
        {"set_material",
         parse(
             R"({"objects": ["Ground", "Backdrop"], "material": {"name": "Paper", "base_color": "#8f9bb0", "roughness": 0.85}})"),
         "Paper"},
        {"set_material",
         parse(
             R"({"objects": ["Pedestal"], "material": {"name": "Porcelain", "base_color": "#e8e6df", "roughness": 0.25}})"),
         "Porcelain"},
        {"set_material",
         parse(
             R"({"objects": ["Monkey"], "material": {"name": "Gold", "base_color": [1.0, 0.60, 0.18], "metallic": 1, "roughness": 0.24}})"),
         "Gold"},
        {"set_material",
         parse(
             R"({"objects": ["Glass Ball"], "material": {"name": "Glass", "base_color": "#eaf6ff", "roughness": 0.02, "transmission": 1, "ior": 1.45}})"),
         "Glass"},
        {"set_material",
         parse(
             R"({"objects": ["Ring"], "material": {"name": "Teal Lacquer", "base_color": "#0f8f8a", "metallic": 0.2, "roughness": 0.18}})"),
         "Teal lacquer"},
        {"set_material",
         parse(
             R"({"objects": ["Block"], "material": {"name": "Clay", "base_color": "#c4472e", "roughness": 0.6}})"),
         "Clay"},
        {"set_material",
         parse(
             R"({"objects": ["Cone"], "material": {"name": "Violet", "base_color": "#5b3fa0", "roughness": 0.35}})"),
         "Violet"},
        {"set_material",
         parse(
             R"({"objects": ["Gem"], "material": {"name": "Ember", "base_color": "#ff7a1a", "emission_color": "#ff6a10", "emission_strength": 2.5}})"),
         "Ember"},
        {"set_material",
         parse(
             R"({"objects": ["Pearl"], "material": {"name": "Chrome", "base_color": "#f4f4f4", "metallic": 1, "roughness": 0.06}})"),
         "Chrome"},
        {"create_objects", parse(R"({"items": [
            {"kind": "light", "name": "Key", "location": [-5.5, -5.5, 7], "look_at": [0, 0, 1], "light": {"type": "area", "energy": 900, "size": 4, "color": "#ffe8cc"}},
            {"kind": "light", "name": "Fill", "location": [7, -5, 4], "look_at": [0, 0, 1], "light": {"type": "area", "energy": 350, "size": 6, "color": "#cfe0ff"}},
            {"kind": "light", "name": "Rim", "location": [2.5, 6.5, 6.5], "look_at": [0, 0, 1.2], "light": {"type": "area", "energy": 800, "size": 3, "color": "#ffffff"}},
            {"kind": "camera", "name": "Camera", "location": [0.9, -10.2, 3.7], "look_at": [0, 0, 1.05], "camera": {"lens": 50, "active": true}}
        ]})"),
         "Three-point light and camera"},
        {"execute_blender_code", {{"code", finishing_touches}}, "Finishing touches by script"},
        {"get_scene_info", parse(R"({"detail": "objects"})"), "Looking at the scene"},
    };
}

core::Json demo_render() {
    return parse(R"({"engine": "cycles", "samples": 32, "resolution": [768, 432]})");
}

}  // namespace blender_mcpd::app
