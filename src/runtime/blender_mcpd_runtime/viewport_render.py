"""Renders what a 3D view would show, in a Blender whose scene is a copy that nobody needs any more."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import bpy
from mathutils import Vector

from . import compat
from .bounds import SURFACE_TYPES
from .context import Context
from .picture import Picture
from .render_progress import reported
from .render_run import stoppable
from .shots import Shot

SENSOR = 36.0  # mm
CYCLES_SAMPLES = 16
CYCLES_BOUNCES = 4
# Of a 3D view of Blender with its own theme, linear; and of lines on it.
BACKGROUND, LINES = (0.05, 0.05, 0.05), (0.75, 0.75, 0.75)
LINE_PIXELS = 1.5
# More edges than this are a grey area anyway.
MAX_WIRE_EDGES = 500_000


class Renderer:
    def __init__(self, shading: str, shots: list[Shot]) -> None:
        self.scene = bpy.context.scene
        self.notes: list[str] = []
        self.engine = "workbench"
        self._shots = shots
        self._wires: list[tuple[Any, Any]] = []  # (object, its modifier)
        self._shading = shading

    def __enter__(self) -> Renderer:
        self._folder = tempfile.TemporaryDirectory(prefix="viewport-")
        self._output = os.path.join(self._folder.name, "view.bmp")
        _render_what_is_visible(bpy.context.view_layer)
        self._set_output()
        self._camera = self._make_camera()
        getattr(self, f"_set_{self._shading}")()
        return self

    def __exit__(self, *_: Any) -> None:
        self._folder.cleanup()

    def take(self, context: Context, shot: Shot, width: int, height: int) -> Picture:
        render, camera = self.scene.render, self._camera
        render.resolution_x, render.resolution_y = width, height
        camera.matrix_world = shot.matrix
        camera.data.type = "ORTHO" if shot.orthographic else "PERSP"
        if shot.orthographic:
            camera.data.ortho_scale = shot.extent
        else:
            camera.data.lens = SENSOR / shot.extent
        camera.data.shift_x, camera.data.shift_y = shot.shift
        camera.data.clip_start, camera.data.clip_end = shot.clip
        for obj, modifier in self._wires:
            scale = max(abs(max(obj.matrix_world.to_scale(), key=abs)), 1e-9)
            middle = obj.matrix_world @ (sum((Vector(corner) for corner in obj.bound_box), Vector()) / 8)
            modifier.thickness = shot.width_at(middle) / width * LINE_PIXELS / scale
        with stoppable(context), reported(context.progress if len(self._shots) == 1 else _nothing):
            bpy.ops.render.render(write_still=True)
        with open(self._output, "rb") as file:
            return Picture.from_bmp(file.read())

    def _make_camera(self) -> Any:
        data = bpy.data.cameras.new("Screenshot")
        data.sensor_fit, data.sensor_width = "HORIZONTAL", SENSOR
        camera = bpy.data.objects.new(data.name, data)
        self.scene.collection.objects.link(camera)
        for marker in self.scene.timeline_markers:  # they change the camera on their frames
            marker.camera = None
        self.scene.camera = camera
        return camera

    def _set_output(self) -> None:
        render, image = self.scene.render, self.scene.render.image_settings
        if compat.HAS_MEDIA_TYPE:
            image.media_type = "IMAGE"
        image.file_format, image.color_mode = "BMP", "RGB"
        render.filepath = compat.literal_path(self._output)
        render.use_file_extension, render.use_overwrite = False, True
        render.resolution_percentage, render.pixel_aspect_x, render.pixel_aspect_y = 100, 1, 1
        for setting in ("use_border", "use_compositing", "use_sequencer", "use_multiview", "use_stamp",
                        "use_motion_blur", "use_freestyle", "film_transparent"):
            if hasattr(render, setting):
                setattr(render, setting, False)
        render.dither_intensity = 0
        for layer in self.scene.view_layers:
            layer.use = layer == bpy.context.view_layer

    def _set_solid(self) -> None:
        self._set_workbench()
        shading = self.scene.display.shading
        shading.light, shading.color_type = "STUDIO", "MATERIAL"
        shading.show_object_outline = shading.show_cavity = shading.show_specular_highlight = True

    def _set_wireframe(self) -> None:
        edges = sum(len(obj.data.edges) for obj in self.scene.objects if obj.type == "MESH" and obj.visible_get())
        if edges > MAX_WIRE_EDGES:
            self.notes.append(f"{edges} edges are too many for a picture of wires: solid is shown instead.")
            self._set_solid()
            return
        self._set_workbench()
        shading = self.scene.display.shading
        shading.light, shading.color_type, shading.single_color = "FLAT", "SINGLE", LINES
        for obj in self.scene.objects:
            if obj.type != "MESH" and obj.type in SURFACE_TYPES and not obj.hide_render:
                self._make_mesh(obj)
        for obj in bpy.data.objects:
            if obj.type == "MESH" and not obj.library:
                modifier = obj.modifiers.new("Wires", "WIREFRAME")
                modifier.use_even_offset = modifier.use_relative_offset = False
                self._wires.append((obj, modifier))

    def _make_mesh(self, obj: Any) -> None:
        """Of a curve, a text and so on: only meshes can be drawn as wires."""
        depsgraph = bpy.context.evaluated_depsgraph_get()
        try:
            mesh = bpy.data.meshes.new_from_object(obj.evaluated_get(depsgraph), depsgraph=depsgraph)
        except RuntimeError:  # of a volume, for one
            return
        copy = bpy.data.objects.new(obj.name, mesh)
        copy.matrix_world = obj.matrix_world
        self.scene.collection.objects.link(copy)
        obj.hide_render = True

    def _set_workbench(self) -> None:
        self.scene.render.engine = compat.ENGINES["workbench"]
        shading = self.scene.display.shading
        shading.show_shadows = shading.show_xray = shading.use_dof = False
        self.scene.display.render_aa = "8"
        world = bpy.data.worlds.new("Background")
        world.color = BACKGROUND
        self.scene.world = world
        self._show_plain_colors()

    def _show_plain_colors(self) -> None:
        view = self.scene.view_settings
        view.view_transform, view.look, view.exposure, view.gamma = "Standard", "None", 0, 1
        view.use_curve_mapping = False

    def _set_material(self) -> None:
        """The materials in even light, whatever the lights of the scene are."""
        self._set_cycles()
        for obj in bpy.data.objects:
            if obj.type == "LIGHT":
                obj.hide_render = True
        self._show_plain_colors()
        self.scene.world = _even_light()
        # Over the left shoulder of the camera.
        data = bpy.data.lights.new("Key", "SUN")
        data.energy, data.angle = 2.0, 0.3
        light = bpy.data.objects.new(data.name, data)
        self.scene.collection.objects.link(light)
        light.parent = self._camera
        light.rotation_euler = (-0.6, -0.6, 0)

    def _set_rendered(self) -> None:
        if self.scene.render.engine == compat.ENGINES["workbench"]:
            self.engine = "workbench"
            return
        if self.scene.render.engine != "CYCLES":
            self.notes.append("Rendered by Cycles: the engine of the scene takes too long without a window.")
        self._set_cycles()

    def _set_cycles(self) -> None:
        self.engine = "cycles"
        self.scene.render.engine = "CYCLES"
        cycles = self.scene.cycles
        cycles.samples = CYCLES_SAMPLES
        cycles.use_denoising = compat.has_denoiser()
        cycles.max_bounces = min(cycles.max_bounces, CYCLES_BOUNCES)
        cycles.transparent_max_bounces = max(cycles.transparent_max_bounces, CYCLES_BOUNCES)


def _even_light() -> Any:
    """A world that shines from all sides, and is dark where it is seen itself."""
    world = bpy.data.worlds.new("Even light")
    compat.use_nodes(world)
    tree = world.node_tree
    tree.nodes.clear()
    output, mix, rays = (tree.nodes.new(kind) for kind in ("ShaderNodeOutputWorld", "ShaderNodeMixShader",
                                                           "ShaderNodeLightPath"))
    tree.links.new(rays.outputs["Is Camera Ray"], mix.inputs[0])
    for socket, color in ((1, (0.45, 0.45, 0.45)), (2, BACKGROUND)):
        background = tree.nodes.new("ShaderNodeBackground")
        background.inputs[0].default_value = (*color, 1)
        tree.links.new(background.outputs[0], mix.inputs[socket])
    tree.links.new(mix.outputs[0], output.inputs[0])
    return world


def _render_what_is_visible(layer: Any) -> None:
    """Renders leave out other things than 3D views do."""
    hidden = [obj for obj in layer.objects if not obj.visible_get(view_layer=layer)]
    inside = {obj.as_pointer() for obj in layer.objects}
    for obj in bpy.data.objects:
        if not obj.library:
            # What is in no collection of the layer is seen as an instance at most.
            obj.hide_render = obj.hide_viewport if obj.as_pointer() not in inside else False
    for collection in bpy.data.collections:
        if not collection.library:
            collection.hide_render = collection.hide_viewport
    _leave_out(layer.layer_collection)
    layer.update()
    for obj in hidden:
        if obj.name in layer.objects and not obj.library:
            obj.hide_render = True


def _leave_out(parent: Any) -> None:
    """Collections that are hidden in this layer alone: what is in them can still be seen as an instance."""
    for child in parent.children:
        child.holdout = child.indirect_only = False
        if child.hide_viewport and not child.exclude:
            child.exclude = True
        elif not child.exclude:
            _leave_out(child)


def _nothing(*_: Any) -> None:
    pass
