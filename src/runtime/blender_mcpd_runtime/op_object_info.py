"""get_object_info: everything about a few objects."""

from __future__ import annotations

from typing import Any, Callable

import bpy

from . import compat
from .context import Context
from .encoding import to_plain
from .errors import OpError
from .lookup import nearest
from .material_settings import describe_material
from .object_info import describe_object
from .rna import settings
from .values import number

BASE_FIELDS = ("name", "type", "location", "rotation", "scale", "dimensions", "world_bounds", "parent", "collections",
               "visible", "selected", "data", "materials")


def get_object_info(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    scene_objects = bpy.context.scene.objects
    include = args.get("include", [])
    objects, missing = [], []
    for name in args["names"]:
        obj = scene_objects.get(name)
        if obj is None:
            missing.append({"name": name, "nearest": nearest(name, scene_objects.keys())})
        else:
            objects.append({**describe_object(obj, BASE_FIELDS), **{part: PARTS[part](obj) for part in include}})
    if not objects:
        raise _all_missing(missing)
    return {"objects": objects, "missing": missing}


def _all_missing(missing: list[dict[str, Any]]) -> OpError:
    told = []
    for entry in missing:
        similar = ", ".join(repr(name) for name in entry["nearest"])
        told.append(f"{entry['name']!r} (nearest: {similar})" if similar else repr(entry["name"]))
    return OpError("not_found", f"There is no object {', '.join(told)}.", field="names", details={"missing": missing},
                   remedy='Use exact names; get_scene_info with detail "objects" lists the objects.')


def _mesh(obj: Any) -> dict[str, Any] | None:
    if obj.type != "MESH":
        return None
    mesh = obj.data
    mesh.calc_loop_triangles()
    keys = mesh.shape_keys
    return {
        "name": mesh.name, "users": mesh.users,
        "vertices": len(mesh.vertices), "edges": len(mesh.edges), "polygons": len(mesh.polygons),
        "triangles": len(mesh.loop_triangles),
        "uv_layers": mesh.uv_layers.keys(), "color_attributes": mesh.color_attributes.keys(),
        "vertex_groups": obj.vertex_groups.keys(), "shape_keys": keys.key_blocks.keys() if keys else [],
    }


def _modifiers(obj: Any) -> list[dict[str, Any]]:
    return [{"name": modifier.name, "type": modifier.type, "show_viewport": modifier.show_viewport,
             "show_render": modifier.show_render, "settings": settings(modifier, bpy.types.Modifier)}
            for modifier in obj.modifiers]


def _materials(obj: Any) -> list[dict[str, Any] | None]:
    return [describe_material(slot.material) if slot.material else None for slot in obj.material_slots]


def _constraints(obj: Any) -> list[dict[str, Any]]:
    return [{"name": constraint.name, "type": constraint.type, "enabled": not constraint.mute,
             "influence": number(constraint.influence), "settings": settings(constraint, bpy.types.Constraint)}
            for constraint in obj.constraints]


def _animation(obj: Any) -> dict[str, Any] | None:
    animation = obj.animation_data
    if animation is None:
        return None
    curves = []
    for curve in compat.action_curves(animation):
        start, end = curve.range()
        curves.append({"data_path": curve.data_path, "array_index": curve.array_index,
                       "keyframes": len(curve.keyframe_points), "frame_range": [number(start), number(end)]})
    return {
        "action": animation.action.name if animation.action else None, "fcurves": curves,
        "drivers": [{"data_path": driver.data_path, "array_index": driver.array_index,
                     "expression": driver.driver.expression} for driver in animation.drivers],
        "nla_tracks": [track.name for track in animation.nla_tracks],
    }


def _custom_properties(obj: Any) -> dict[str, Any]:
    return {key: to_plain(value) for key, value in obj.items()}


def _children(obj: Any) -> list[str]:
    return [child.name for child in obj.children]


def _geometry_nodes(obj: Any) -> list[dict[str, Any]]:
    described = []
    for modifier in obj.modifiers:
        if modifier.type == "NODES":
            group = modifier.node_group
            inputs = [{"identifier": identifier, "name": name, "type": kind,
                       "value": _input_value(compat.modifier_input(modifier, identifier))}
                      for identifier, name, kind in compat.node_group_inputs(group)] if group else []
            described.append({"modifier": modifier.name, "node_group": group.name if group else None,
                              "inputs": inputs})
    return described


def _input_value(value: Any) -> Any:
    return value.name if isinstance(value, bpy.types.ID) else to_plain(value)


PARTS: dict[str, Callable[[Any], Any]] = {
    "mesh": _mesh, "modifiers": _modifiers, "materials": _materials, "constraints": _constraints,
    "animation": _animation, "custom_properties": _custom_properties, "children": _children,
    "geometry_nodes": _geometry_nodes,
}
