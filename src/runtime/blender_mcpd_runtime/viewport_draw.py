"""Draws 3D views off screen, where Blender has windows. What the user sees stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
import gpu

from . import compat
from .context import Context
from .picture import Picture
from .shots import Shot

SHADINGS = {"solid": "SOLID", "material": "MATERIAL", "wireframe": "WIREFRAME", "rendered": "RENDERED"}
# Renderers of OpenGL and Vulkan that work without a graphics card, by a part of their names.
SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "swiftshader", "lavapipe", "software rasterizer")


@dataclass
class View3D:
    """A 3D view that somebody can see."""

    window: Any
    space: Any
    region: Any

    @property
    def shading(self) -> str:
        names = {identifier: name for name, identifier in SHADINGS.items()}
        return names.get(self.space.shading.type, "solid")

    def shot(self) -> Shot:
        view = self.space.region_3d
        return Shot.from_matrices("current", view.view_matrix, view.window_matrix,
                                  self.region.width / self.region.height)


def find() -> View3D | None:
    """The largest one of the current scene."""
    if bpy.app.background:
        return None
    views = [View3D(window, area.spaces.active, region)
             for window in bpy.context.window_manager.windows if window.scene == bpy.context.scene
             for area in window.screen.areas if area.type == "VIEW_3D"
             for region in area.regions if region.type == "WINDOW" and region.width > 1 and region.height > 1]
    return max(views, key=lambda view: view.region.width * view.region.height, default=None)


def obstacle(view3d: View3D | None, shading: str) -> str | None:
    """Why it cannot be drawn here; None when it can."""
    if view3d is None:
        return "this Blender has no window" if bpy.app.background else "no window shows a 3D view of this scene"
    engine = view3d.window.scene.render.engine
    if shading == "rendered" and engine not in (compat.EEVEE, compat.ENGINES["workbench"]):
        return f"what {engine} shows in a 3D view cannot be drawn off screen"
    renderer = gpu.platform.renderer_get()
    if (shading == "material" or shading == "rendered" and engine == compat.EEVEE) and \
            any(name in renderer.lower() for name in SOFTWARE_RENDERERS):
        return f"this Blender draws without a graphics card ({renderer}), where {shading} takes too long"
    return None


class Viewport:
    """Draws with the settings of that view, but for its shading. `bare`: without grid, names and outlines."""

    engine = "viewport"

    def __init__(self, view3d: View3D, shading: str, bare: bool) -> None:
        self.notes: list[str] = []
        self._view3d = view3d
        space = view3d.space
        self._wanted = [(space.shading, "type", SHADINGS[shading])]
        if bare:
            self._wanted.append((space.overlay, "show_overlays", False))
        self._saved: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Viewport:
        for owner, attribute, value in self._wanted:
            before = getattr(owner, attribute)
            if before != value:
                self._saved.append((owner, attribute, before))
                setattr(owner, attribute, value)
        return self

    def __exit__(self, *_: Any) -> None:
        for owner, attribute, value in self._saved:
            setattr(owner, attribute, value)

    def take(self, _context: Context, shot: Shot, width: int, height: int) -> Picture:
        window = self._view3d.window
        target = gpu.types.GPUOffScreen(width, height)
        try:
            target.draw_view3d(window.scene, window.view_layer, self._view3d.space, self._view3d.region,
                               shot.matrix.inverted_safe(), shot.projection(), do_color_management=True)
            with target.bind():
                pixels = gpu.state.active_framebuffer_get().read_color(0, 0, width, height, 4, 0, "UBYTE")
        finally:
            target.free()
        pixels.dimensions = width * height * 4  # with more of them older versions lay it out wrongly
        return Picture.from_rgba(width, height, bytes(pixels))
