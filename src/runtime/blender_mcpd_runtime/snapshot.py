"""Cheap snapshots of bpy.data: what an arbitrary script changed is found by comparing two of them."""

from __future__ import annotations

from typing import Any

import bpy

from .changes import Changes

# Data-blocks that a user knows by name, reported as "material:Steel". Those that merely are the data of an object
# (meshes, lights, …) are left out when they come and go with it.
DATA_KINDS = {
    "materials": "material", "collections": "collection", "worlds": "world", "images": "image",
    "node_groups": "node_group", "actions": "action", "scenes": "scene", "texts": "text", "armatures": "armature",
    "meshes": "mesh", "curves": "curve", "lights": "light", "cameras": "camera", "libraries": "library",
}

OBJECT_FIELDS = ("type", "location", "rotation", "scale", "parent", "data", "materials", "modifiers", "constraints",
                 "collections", "visible", "custom_properties", "geometry", "animation")
SCENE_FIELDS = ("camera", "world", "engine", "resolution", "frame_current", "frame_range", "fps", "custom_properties")


class Snapshot:
    def __init__(self) -> None:
        self.objects = {obj.name: _object_state(obj) for obj in bpy.data.objects}
        self.scenes = {scene.name: _scene_state(scene) for scene in bpy.data.scenes}
        self.data = {attribute: set(getattr(bpy.data, attribute).keys()) for attribute in DATA_KINDS}


def _object_state(obj: Any) -> tuple[Any, ...]:
    data = obj.data
    mode = obj.rotation_mode
    if mode == "QUATERNION":
        rotation = obj.rotation_quaternion
    else:
        rotation = obj.rotation_axis_angle if mode == "AXIS_ANGLE" else obj.rotation_euler
    return (
        obj.type, obj.location[:], (mode, *rotation), obj.scale[:],
        obj.parent.name if obj.parent else None,
        data.name if data else None,
        tuple([slot.material.name if slot.material else None for slot in obj.material_slots]),
        tuple([(modifier.name, modifier.type, modifier.show_viewport) for modifier in obj.modifiers]),
        tuple([(constraint.name, constraint.type) for constraint in obj.constraints]),
        tuple([collection.name for collection in obj.users_collection]),
        (obj.hide_viewport, obj.hide_render, obj.hide_get()),
        _custom_properties(obj),
        (len(data.vertices), len(data.edges), len(data.polygons)) if obj.type == "MESH" and data else None,
        obj.animation_data.action.name if obj.animation_data and obj.animation_data.action else None,
    )


def _scene_state(scene: Any) -> tuple[Any, ...]:
    render = scene.render
    return (
        scene.camera.name if scene.camera else None, scene.world.name if scene.world else None, render.engine,
        (render.resolution_x, render.resolution_y, render.resolution_percentage), scene.frame_current,
        (scene.frame_start, scene.frame_end), (render.fps, render.fps_base), _custom_properties(scene),
    )


def _custom_properties(owner: Any) -> tuple[Any, ...]:
    keys = owner.keys()
    return tuple([(key, repr(_plain(owner[key]))) for key in keys]) if keys else ()


def _plain(value: Any) -> Any:
    for method in ("to_list", "to_dict"):
        if hasattr(value, method):
            return getattr(value, method)()
    return value


def compare(before: Snapshot, after: Snapshot, evaluated: set[tuple[str, str]]) -> Changes:
    """`evaluated` holds (kind, name) of the data-blocks whose content Blender evaluated anew in between."""
    changes = Changes()
    changes.added += [name for name in after.objects if name not in before.objects]
    changes.removed += [name for name in before.objects if name not in after.objects]
    _compare_states(changes, "", OBJECT_FIELDS, before.objects, after.objects)
    _compare_states(changes, "scene:", SCENE_FIELDS, before.scenes, after.scenes)
    object_data = {state[5] for name, state in after.objects.items() if name not in before.objects}
    object_data |= {before.objects[name][5] for name in changes.removed}
    for attribute, kind in DATA_KINDS.items():
        old, new = before.data[attribute], after.data[attribute]
        if old == new:
            continue
        is_object_data = attribute in ("meshes", "curves", "lights", "cameras", "armatures")
        skip = object_data if is_object_data else set()
        changes.added += [f"{kind}:{name}" for name in sorted(new - old - skip)]
        changes.removed += [f"{kind}:{name}" for name in sorted(old - new - skip)]
    for kind, name in sorted(evaluated):
        changes.change(f"{kind}:{name}" if kind else name, ["geometry" if not kind else "settings"])
    return changes


def _compare_states(changes: Changes, prefix: str, fields: tuple[str, ...], before: dict[str, tuple[Any, ...]],
                    after: dict[str, tuple[Any, ...]]) -> None:
    for name, state in after.items():
        old = before.get(name)
        if old is not None and old != state:
            changes.change(prefix + name, [field for field, a, b in zip(fields, old, state) if a != b])
