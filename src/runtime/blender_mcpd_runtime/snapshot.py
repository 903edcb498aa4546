"""Cheap snapshots of bpy.data: what an arbitrary script changed is found by comparing two of them."""

from __future__ import annotations

from typing import Any, Sequence

import bpy

from . import compat
from .changes import Changes
from .collection_links import all_collections

# Data-blocks that a user knows by name, reported as "material:Steel". Those that merely are the data of an object
# (meshes, lights, …) are left out when they come and go with it.
DATA_KINDS = {
    "materials": "material", "collections": "collection", "worlds": "world", "images": "image",
    "node_groups": "node_group", "actions": "action", "scenes": "scene", "texts": "text", "armatures": "armature",
    "meshes": "mesh", "curves": "curve", "lights": "light", "cameras": "camera", "libraries": "library",
    "speakers": "speaker", "lattices": "lattice", "metaballs": "metaball", "volumes": "volume", "sounds": "sound",
}

OBJECT_DATA = {"meshes", "curves", "lights", "cameras", "armatures", "speakers", "lattices", "metaballs", "volumes"}

# Of a text; what is changed further down is noticed only when Blender evaluates it.
MAX_LINES = 2000

OBJECT_FIELDS = ("type", "location", "rotation", "scale", "parent", "data", "materials", "modifiers", "constraints",
                 "collections", "visible", "custom_properties", "geometry", "animation", "delta", "vertex_groups", "display")
SCENE_FIELDS = ("camera", "world", "engine", "resolution", "frame_current", "frame_range", "fps", "custom_properties",
                "units", "output", "color_management", "gravity", "markers", "view_layers", "cursor")


class Snapshot:
    def __init__(self) -> None:
        places = _places()
        self.objects = {obj.name: _object_state(obj, places.get(obj.name, ())) for obj in bpy.data.objects}
        self.scenes = {scene.name: _scene_state(scene) for scene in bpy.data.scenes}
        self.data = {attribute: set(getattr(bpy.data, attribute).keys()) for attribute in DATA_KINDS}
        self.blocks = {f"{kind}:{block.name}": _block_state(attribute, block)
                       for attribute, kind in DATA_KINDS.items() if attribute != "scenes"
                       for block in getattr(bpy.data, attribute)}

    def names(self, attribute: str) -> set[str]:
        """Of a list of bpy.data, as they were."""
        return set(self.objects) if attribute == "objects" else self.data[attribute]


def _places() -> dict[str, list[str]]:
    """The collections of every object. Blender's users_collection looks through all of them for each object."""
    places: dict[str, list[str]] = {}
    for collection in all_collections():
        for name in collection.objects.keys():
            places.setdefault(name, []).append(collection.name)
    return places


def _object_state(obj: Any, places: Sequence[str]) -> tuple[Any, ...]:
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
        tuple([(modifier.name, modifier.type, modifier.show_viewport, modifier.show_render)
               for modifier in obj.modifiers]),
        tuple([_constraint_state(constraint) for constraint in obj.constraints]),
        tuple(places),
        (obj.hide_viewport, obj.hide_render, obj.hide_get()),
        _custom_properties(obj),
        (len(data.vertices), len(data.edges), len(data.polygons), *data.uv_layers.keys()) if obj.type == "MESH" and data else None,
        _animation_state(obj.animation_data) if obj.animation_data else None,
        (obj.delta_location[:], obj.delta_rotation_euler[:], obj.delta_scale[:]),
        tuple(obj.vertex_groups.keys()),
        (obj.display_type, obj.color[:], obj.hide_select, obj.show_name, obj.pass_index, obj.instance_type,
         obj.visible_camera, obj.visible_shadow, obj.lock_location[:], obj.lock_rotation[:], obj.lock_scale[:]),
    )


def _constraint_state(constraint: Any) -> tuple[Any, ...]:
    target = getattr(constraint, "target", None)
    return constraint.name, constraint.type, constraint.mute, constraint.influence, target.name if target else None


def _animation_state(animation: Any) -> tuple[Any, ...]:
    action = animation.action
    keys = sum([len(curve.keyframe_points) for curve in compat.action_curves(animation)]) if action else 0
    return (action.name if action else None, keys, action.frame_range[:] if action else None, len(animation.drivers),
            len(animation.nla_tracks))


def _block_state(attribute: str, block: Any) -> tuple[tuple[str, Any], ...]:
    """What Blender does not evaluate, by field."""
    state: tuple[tuple[str, Any], ...] = (("custom_properties", _custom_properties(block)),)
    if attribute == "collections":
        state += (("visible", (block.hide_viewport, block.hide_render, block.hide_select)),
                  ("children", tuple(block.children.keys())), ("settings", block.color_tag))
    elif attribute == "images":
        state += (("settings", (block.size[:], block.source, block.filepath_raw, block.colorspace_settings.name)),
                  ("pixels", (block.is_dirty, block.packed_file is not None)))
    elif attribute == "materials":
        state += (("settings", (block.use_nodes, block.diffuse_color[:], block.metallic, block.roughness)),)
    elif attribute == "texts":
        state += (("content", tuple([line.body for line in block.lines[:MAX_LINES]])),)
    return state


def _scene_state(scene: Any) -> tuple[Any, ...]:
    render, units, view = scene.render, scene.unit_settings, scene.view_settings
    return (
        scene.camera.name if scene.camera else None, scene.world.name if scene.world else None, render.engine,
        (render.resolution_x, render.resolution_y, render.resolution_percentage), scene.frame_current,
        (scene.frame_start, scene.frame_end, scene.frame_step), (render.fps, render.fps_base),
        (_custom_properties(scene), compat.system_properties(scene)),
        (units.system, units.length_unit, units.scale_length),
        (render.filepath, render.film_transparent, render.image_settings.file_format),
        (view.view_transform, view.look, view.exposure, view.gamma),
        (scene.use_gravity, scene.gravity[:]),
        tuple([(marker.name, marker.frame) for marker in scene.timeline_markers]),
        tuple([(layer.name, layer.use, _layer_states(layer.layer_collection)) for layer in scene.view_layers]),
        scene.cursor.location[:],
    )


def _layer_states(layer: Any) -> tuple[Any, ...]:
    return (layer.exclude, layer.hide_viewport, layer.holdout, layer.indirect_only,
            tuple([_layer_states(child) for child in layer.children]))


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
        is_object_data = attribute in OBJECT_DATA
        skip = object_data if is_object_data else set()
        changes.added += [f"{kind}:{name}" for name in sorted(new - old - skip)]
        changes.removed += [f"{kind}:{name}" for name in sorted(old - new - skip)]
    for name, state in after.blocks.items():
        old_state = before.blocks.get(name)
        if old_state is not None and old_state != state:
            changes.change(name, [field for (field, a), (_, b) in zip(old_state, state) if a != b])
    for kind, name in sorted(evaluated):
        changes.change(f"{kind}:{name}" if kind else name, ["geometry" if not kind else "settings"])
    return changes


def _compare_states(changes: Changes, prefix: str, fields: tuple[str, ...], before: dict[str, tuple[Any, ...]],
                    after: dict[str, tuple[Any, ...]]) -> None:
    for name, state in after.items():
        old = before.get(name)
        if old is not None and old != state:
            changes.change(prefix + name, [field for field, a, b in zip(fields, old, state) if a != b])
