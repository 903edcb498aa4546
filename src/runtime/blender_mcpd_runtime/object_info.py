"""What can be said about an object, field by field; only what is asked for is computed."""

from __future__ import annotations

from typing import Any, Callable

from mathutils import Vector

from .transforms import rotation_degrees
from .values import numbers

# Types whose bounding box means something; Blender gives the others a box around nothing.
GEOMETRY_TYPES = {"MESH", "CURVE", "CURVES", "SURFACE", "META", "FONT", "VOLUME", "POINTCLOUD", "GPENCIL",
                  "GREASEPENCIL", "LATTICE", "ARMATURE"}


def world_bounds(obj: Any) -> list[list[float]]:
    """[min, max] corners in world space."""
    if obj.type in GEOMETRY_TYPES:
        corners = [obj.matrix_world @ Vector(corner) for corner in obj.bound_box]
    else:
        corners = [obj.matrix_world.translation]
    return [numbers(min(corner[axis] for corner in corners) for axis in range(3)),
            numbers(max(corner[axis] for corner in corners) for axis in range(3))]


def material_names(obj: Any) -> list[str | None]:
    return [slot.material.name if slot.material else None for slot in obj.material_slots]


def _modifiers(obj: Any) -> list[dict[str, Any]]:
    return [{"name": modifier.name, "type": modifier.type} for modifier in obj.modifiers]


FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": lambda obj: obj.name,
    "type": lambda obj: obj.type,
    "location": lambda obj: numbers(obj.location),
    "visible": lambda obj: obj.visible_get(),
    "rotation": rotation_degrees,
    "scale": lambda obj: numbers(obj.scale),
    "dimensions": lambda obj: numbers(obj.dimensions),
    "parent": lambda obj: obj.parent.name if obj.parent else None,
    "materials": material_names,
    "modifiers": _modifiers,
    "world_bounds": world_bounds,
    "selected": lambda obj: obj.select_get(),
    "data": lambda obj: obj.data.name if obj.data else None,
}

# What get_scene_info can list for every object of a page.
SCENE_FIELDS = (*FIELDS, "collections")


# Of a list that belongs to one object.
MAX_LISTED = 100

CollectionsOf = Callable[[Any], "list[str]"]


def describe_object(obj: Any, fields: tuple[str, ...], collections_of: CollectionsOf) -> dict[str, Any]:
    """`collections_of`: Blender's `users_collection` looks through the whole file for each object."""
    return cut_lists({field: collections_of(obj) if field == "collections" else FIELDS[field](obj) for field in fields})


def cut_lists(described: dict[str, Any]) -> dict[str, Any]:
    """Long lists are cut; left_out says how many entries each of them lacks."""
    left_out: dict[str, int] = dict(described.pop("left_out", {}))
    for owner, prefix in [(described, ""), *((value, f"{key}.") for key, value in described.items() if isinstance(value, dict))]:
        for key, value in owner.items():
            if isinstance(value, list) and len(value) > MAX_LISTED:
                owner[key] = value[:MAX_LISTED]
                left_out[prefix + key] = len(value) - MAX_LISTED
    return {**described, "left_out": left_out} if left_out else described
