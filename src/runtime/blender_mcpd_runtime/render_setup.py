"""Scene settings for one render, put back afterwards."""

from __future__ import annotations

import math
from contextlib import ExitStack, contextmanager
from typing import Any, Iterator

import bpy
from mathutils import Vector

from . import compat
from .bounds import SURFACE_TYPES
from .errors import OpError, invalid
from .lookup import object_named
from .object_info import world_bounds

# Blender's defaults (4096 for Cycles) take minutes for a picture that somebody only wants to look at.
MAX_DEFAULT_SAMPLES = {"cycles": 64, "eevee": 32}
# About this many tiles: enough for steady progress and a quick stop, few enough to cost little.
TILES = 48
MIN_TILE, MAX_TILE = 64, 512


class RenderSetup:
    """What the render will be; `notes` says what was decided without being asked."""

    def __init__(self, args: dict[str, Any], output: str) -> None:
        self.args = args
        self.output = output
        self.scene = bpy.context.scene
        self.notes: list[str] = []
        self.engine = ""
        self.samples: int | None = None
        self.camera_name: str | None = None
        self._saved: list[tuple[Any, str, Any]] = []

    @contextmanager
    def applied(self) -> Iterator[None]:
        with ExitStack() as undo:
            undo.callback(self._restore)
            self._set_engine()
            self._set_size()
            self._set_output()
            self._set_frames(undo)
            self._set_camera(undo)
            yield

    def _set(self, owner: Any, attribute: str, value: Any) -> None:
        self._save(owner, attribute)
        setattr(owner, attribute, value)

    def _save(self, owner: Any, attribute: str) -> None:
        if all((owner, attribute) != (known, name) for known, name, _ in self._saved):
            self._saved.append((owner, attribute, getattr(owner, attribute)))

    def _restore(self) -> None:
        # In the order of setting: the media type decides which file formats there are.
        for owner, attribute, value in self._saved:
            setattr(owner, attribute, value)

    def _set_engine(self) -> None:
        render = self.scene.render
        if "engine" in self.args:
            try:
                self._set(render, "engine", compat.ENGINES[self.args["engine"]])
            except TypeError:
                raise OpError("blender", f"This Blender has no {self.args['engine']}.", field="engine",
                              remedy="Choose another engine.") from None
        names = {identifier: name for name, identifier in compat.ENGINES.items()}
        self.engine = names.get(render.engine, render.engine)
        if self.engine == "cycles":
            self._set_cycles()
        elif self.engine == "eevee":
            self._set_samples(self.scene.eevee, "taa_render_samples")
        elif "samples" in self.args:
            self.notes.append(f"{self.engine} has no sample count; samples was ignored.")

    def _set_samples(self, owner: Any, attribute: str) -> None:
        own = getattr(owner, attribute)
        self.samples = self.args.get("samples")
        if self.samples is None:
            self.samples = min(own, MAX_DEFAULT_SAMPLES[self.engine])
            if self.samples < own:
                self.notes.append(f"Rendered with {self.samples} samples; the scene asks for {own}. "
                                  "Pass samples for more quality.")
        self._set(owner, attribute, self.samples)

    def _set_cycles(self) -> None:
        cycles = self.scene.cycles
        self._set_samples(cycles, "samples")
        if cycles.use_denoising and not compat.has_denoiser():
            self._set(cycles, "use_denoising", False)
            self.notes.append("Denoising was off: this Blender is built without OpenImageDenoise.")

    def _set_size(self) -> None:
        render = self.scene.render
        if "resolution" in self.args:
            width, height = self.args["resolution"]
            self._set(render, "resolution_x", width)
            self._set(render, "resolution_y", height)
        if "percentage" in self.args or "resolution" in self.args:
            self._set(render, "resolution_percentage", self.args.get("percentage", 100))
        if self.engine == "cycles":
            width, height = self._size()
            tile = math.sqrt(width * height / TILES)
            self._set(self.scene.cycles, "use_auto_tile", True)
            self._set(self.scene.cycles, "tile_size", max(MIN_TILE, min(MAX_TILE, round(tile / 8) * 8)))

    def _size(self) -> tuple[int, int]:
        render = self.scene.render
        return (max(1, render.resolution_x * render.resolution_percentage // 100),
                max(1, render.resolution_y * render.resolution_percentage // 100))

    def _set_output(self) -> None:
        render = self.scene.render
        image = render.image_settings
        if "transparent" in self.args:
            self._set(render, "film_transparent", self.args["transparent"])
        if compat.HAS_MEDIA_TYPE:
            self._set(image, "media_type", "IMAGE")
        self._set(image, "file_format", "PNG")
        self._set(image, "color_mode", "RGBA" if render.film_transparent else "RGB")
        self._set(image, "color_depth", "8")
        self._set(render, "filepath", compat.literal_path(self.output))
        self._set(render, "use_file_extension", False)
        self._set(render, "use_overwrite", True)

    def _set_frames(self, undo: ExitStack) -> None:
        frame = self.scene.frame_current
        if self.args.get("frame", frame) != frame:
            undo.callback(self.scene.frame_set, frame)
            self.scene.frame_set(self.args["frame"])

    def _set_camera(self, undo: ExitStack) -> None:
        scene = self.scene
        if "camera" in self.args:
            camera = object_named(self.args["camera"], "camera")
            if camera.type != "CAMERA":
                raise invalid(f"{camera.name!r} is a {camera.type} object, not a camera.", "camera")
            self._set(scene, "camera", camera)
        elif scene.camera is None:
            self._do_without_camera(undo)
            return
        self.camera_name = scene.camera.name

    def _do_without_camera(self, undo: ExitStack) -> None:
        camera = self._framing_camera()
        undo.callback(_remove_camera, camera)
        self._set(self.scene, "camera", camera)
        self.notes.append("The scene has no camera: a temporary one showed all visible geometry.")

    def _framing_camera(self) -> Any:
        """Looks from the front right, above, at everything that will be rendered."""
        corners = [Vector(corner) for obj in self.scene.objects
                   if obj.type in SURFACE_TYPES and not obj.hide_render and obj.visible_get()
                   for corner in world_bounds(obj)]
        low = Vector([min((corner[axis] for corner in corners), default=-1.0) for axis in range(3)])
        high = Vector([max((corner[axis] for corner in corners), default=1.0) for axis in range(3)])
        center, radius = (low + high) / 2, max((high - low).length / 2, 0.01)
        data = bpy.data.cameras.new("Temporary Camera")
        width, height = self._size()
        # The lens angle is that of the longer side of the picture.
        half_angle = math.atan(math.tan(data.angle / 2) * min(width, height) / max(width, height))
        distance = radius / math.sin(half_angle) * 1.05
        data.clip_start = max(0.001, (distance - radius) / 10)
        data.clip_end = distance + radius * 10
        camera = bpy.data.objects.new(data.name, data)
        self.scene.collection.objects.link(camera)
        direction = Vector((1.0, -1.4, 0.9)).normalized()
        camera.location = center + direction * distance
        camera.rotation_euler = (-direction).to_track_quat("-Z", "Y").to_euler()
        return camera


def _remove_camera(camera: Any) -> None:
    data = camera.data
    bpy.data.objects.remove(camera)
    bpy.data.cameras.remove(data)
