"""The settings of the scene that importers change although nobody has asked for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

import bpy

_SCENE = ("frame_start", "frame_end", "frame_current", "camera", "world")
_RENDER = ("fps", "fps_base", "engine")


class KeptScene:
    """As it is when this is made."""

    def __init__(self) -> None:
        scene = bpy.context.scene
        self._scene, self._units = scene, scene.unit_settings
        self._settings = [(owner, name, getattr(owner, name)) for owner, names in ((scene, _SCENE), (scene.render, _RENDER))
                          for name in names]
        self._properties = {key: scene[key] for key in scene.keys()}

    @contextmanager
    def counting_in_metres(self) -> Iterator[None]:
        """Importers differ in whether they look at the scene's units; now all of them read metres."""
        scale = self._units.scale_length
        self._units.scale_length = 1.0
        try:
            yield
        finally:
            self._units.scale_length = scale

    def restore(self) -> list[str]:
        """Warnings, of what then differs from the file."""
        changed = [(owner, name, value) for owner, name, value in self._settings if getattr(owner, name) != value]
        render = self._scene.render
        rate = render.fps / render.fps_base
        for owner, name, value in changed:
            setattr(owner, name, value)
        self._restore_properties()
        if not any(name in ("fps", "fps_base") for _, name, _ in changed):
            return []
        return [f"The file is animated at {rate:g} frames a second; the scene keeps its {render.fps / render.fps_base:g}."]

    def _restore_properties(self) -> None:
        """What importers set is plain; groups are of add-ons, and not touched by them."""
        for key in list(self._scene.keys()):
            if key not in self._properties:
                del self._scene[key]
        for key, value in self._properties.items():
            if isinstance(value, (str, int, float)) and self._scene.get(key) != value:
                self._scene[key] = value
