"""get_object_info: everything about a few objects."""

from __future__ import annotations

from typing import Any, Callable

import bpy

from . import compat
from .context import Context
from .encoding import encode_finite, to_plain
from .errors import OpError
from .lookup import children_by_parent, find_objects
from .material_settings import describe_material
from .object_info import MAX_LISTED, cut_lists, describe_object
from .rna import settings
from .scene_facts import facts
from .similar_names import SimilarNames
from .triangles import triangles_of
from .values import number

BASE_FIELDS = ("name", "type", "location", "rotation", "scale", "dimensions", "world_bounds", "parent", "collections",
               "visible", "selected", "data", "materials")
# The objects together, as JSON; names that have no room are for another call.
MAX_BYTES = 200_000
# Of one custom property, and of a text or an array in it.
MAX_PROPERTY_BYTES = 4_000
MAX_TEXT = 1_000


def get_object_info(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    there = dict(zip(args["names"], find_objects(args["names"])))
    found = [obj for obj in there.values() if obj is not None]
    facts.look(context.document, bpy.context.scene)
    include = args.get("include", [])
    children = children_by_parent() if "children" in include else {}
    objects: list[dict[str, Any]] = []
    left_out: list[str] = []
    used = 0
    for obj in found:
        described = _describe(obj, include, children)
        used += len(encode_finite(described, "")[0])
        if objects and used > MAX_BYTES:
            left_out = [obj.name for obj in found[len(objects):]]
            break
        objects.append(described)
    missing = _missing([name for name, obj in there.items() if obj is None])
    if not objects:
        raise _all_missing(missing)
    return {"objects": objects, "missing": missing, **({"left_out": left_out} if left_out else {})}


def _describe(obj: Any, include: list[str], children: dict[Any, list[Any]]) -> dict[str, Any]:
    described = describe_object(obj, BASE_FIELDS, facts.collections_of)
    for part in include:
        described[part] = [child.name for child in children.get(obj, ())] if part == "children" else PARTS[part](obj)
    unread = len(obj.keys()) - MAX_LISTED if "custom_properties" in include else 0
    if unread > 0:
        described["left_out"] = {**described.get("left_out", {}), "custom_properties": unread}
    return cut_lists(described)


def _missing(names: list[str]) -> list[dict[str, Any]]:
    similar = SimilarNames(bpy.context.scene.objects.keys() if names else [])
    return [{"name": name, "nearest": similar.to(name)} for name in names]


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
    keys = mesh.shape_keys
    return {
        "name": mesh.name, "users": mesh.users,
        "vertices": len(mesh.vertices), "edges": len(mesh.edges), "polygons": len(mesh.polygons),
        "triangles": triangles_of(mesh),
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
    """Those that are too large for this are told by their size; inspect_data reads them in parts."""
    return {key: _bounded(obj[key]) for key in list(obj.keys())[:MAX_LISTED]}


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return f"<text of {len(value)} characters> {value[:MAX_TEXT]}…"
    if not isinstance(value, (str, bool, int, float)) and hasattr(value, "__len__") and len(value) > MAX_TEXT:
        return f"<{len(value)} values>"
    plain = to_plain(value)
    size = len(encode_finite(plain, "")[0])
    return plain if size <= MAX_PROPERTY_BYTES else f"<{size} bytes as JSON>"


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
    "animation": _animation, "custom_properties": _custom_properties, "geometry_nodes": _geometry_nodes,
}
