"""set_scene: settings of the open scene."""

from __future__ import annotations

from typing import Any

import bpy

from .changes import Changes
from .context import Context
from .errors import invalid
from .property_paths import set_properties
from .scene_settings import SETTERS, check_camera, check_frames, describe_scene
from .world_settings import check_world, set_world


def set_scene(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    scene = bpy.context.scene
    _check(scene, args)
    changes = Changes()
    with context.changing():
        # In their own order: what a setting allows can depend on one before it.
        for name, setter in SETTERS.items():
            if name in args:
                setter(scene, args[name], name)
                changes.change(f"scene:{scene.name}", args[name] if name == "render" else [name])
        if "world" in args:
            set_world(args["world"], scene, "world", changes)
        if "properties" in args:
            set_properties(scene, args["properties"], "properties")
            changes.change(f"scene:{scene.name}", list(args["properties"]))
    return context.commit("Set Scene", changes, {"scene": describe_scene(scene)})


def _check(scene: Any, args: dict[str, Any]) -> None:
    if not any(args.values()):
        raise invalid(f"There is nothing to set; give at least one of {', '.join([*SETTERS, 'world', 'properties'])}.")
    if "camera" in args:
        check_camera(args["camera"], "camera")
    if "frame" in args:
        check_frames(scene, args["frame"], "frame")
    if "world" in args:
        check_world(args["world"], scene, "world")
