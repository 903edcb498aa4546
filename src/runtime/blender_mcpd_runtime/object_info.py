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
    "collections": lambda obj: [collection.name for collection in obj.users_collection],
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
SCENE_FIELDS = tuple(FIELDS)


def describe_object(obj: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: FIELDS[field](obj) for field in fields}
