"""update_objects: everything is checked first, then changed."""

from __future__ import annotations

from typing import Any

import bpy
from mathutils import Vector

from .changes import Changes
from .collection_links import ensure_collection, move_to
from .context import Context
from .errors import invalid
from .lookup import object_named
from .object_info import GEOMETRY_TYPES
from .property_paths import set_properties
from .shading import shade
from .transforms import apply_transform, look_at, near, rotation_degrees, set_parent, set_rotation_degrees

TURNING = ("rotation", "look_at")
FIELDS = ("location", "rotation", "scale", "dimensions", "look_at", "rename", "parent", "visible", "collection",
          "shade", "apply", "properties")


def update_objects(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    items = args["items"]
    objects = [object_named(item["name"], f"items[{index}].name") for index, item in enumerate(items)]
    parents: dict[Any, Any] = {}
    for index, (obj, item) in enumerate(zip(objects, items)):
        _check(obj, item, f"items[{index}]")
        _check_parent(obj, item, f"items[{index}]", parents)
    changes = Changes()
    with context.changing():
        for index, (obj, item) in enumerate(zip(objects, items)):
            _apply(obj, item, f"items[{index}]", changes)
    updated = [obj.name for obj in objects]
    what = updated[0] if len(updated) == 1 else f"{len(updated)} objects"
    return context.commit(f"Update {what}", changes, {"updated": updated})


def _check(obj: Any, item: dict[str, Any], field: str) -> None:
    if not any(member in item for member in FIELDS):
        raise invalid(f"{field} says nothing to change; give at least one of {', '.join(FIELDS)}.", field)
    if obj.library is not None:
        raise invalid(f"{obj.name!r} is linked from another file and cannot be changed here.", f"{field}.name")
    for first, second in (TURNING, ("scale", "dimensions")):
        if first in item and second in item:
            raise invalid(f"{field} has both {first} and {second}.", f"{field}.{second}", "Give one of them.")
    if "dimensions" in item and obj.type not in GEOMETRY_TYPES:
        raise invalid(f"{obj.name!r} is a {obj.type} object, which has no dimensions.", f"{field}.dimensions",
                      "Use scale.")
    if "shade" in item and obj.type != "MESH":
        raise invalid(f"{obj.name!r} is a {obj.type} object; only meshes have shading.", f"{field}.shade")
    if "apply" in item:
        _check_apply(obj, f"{field}.apply")
    if isinstance(item.get("look_at"), str):
        object_named(item["look_at"], f"{field}.look_at")


def _check_apply(obj: Any, field: str) -> None:
    if obj.type not in ("MESH", "CURVE", "SURFACE"):
        raise invalid(f"{obj.name!r} is a {obj.type} object; only meshes, curves and surfaces take in a transform.", field)
    if obj.data.library is not None:
        raise invalid(f"The data of {obj.name!r} is linked from another file and cannot be edited here.", field)
    if obj.data.users > 1:
        raise invalid(f"{obj.name!r} shares its data {obj.data.name!r} with others, which would change, too.", field,
                      "Make copies with data of their own first (duplicate_objects).")


def _check_parent(obj: Any, item: dict[str, Any], field: str, parents: dict[Any, Any]) -> None:
    """Follows the parents as they will be after the items so far."""
    if "parent" not in item:
        return
    name = item["parent"]
    parent = object_named(name, f"{field}.parent") if name is not None else None
    parents[obj] = parent
    above = parent
    while above is not None:
        if above == obj:
            raise invalid(f"{obj.name!r} cannot have the parent {name!r}, which is itself or below it.",
                          f"{field}.parent")
        above = parents.get(above, above.parent)


def _apply(obj: Any, item: dict[str, Any], field: str, changes: Changes) -> None:
    if "parent" in item:
        # First, so that a location of the same item means a place in the world.
        bpy.context.view_layer.update()
        set_parent(obj, bpy.context.scene.objects[item["parent"]] if item["parent"] is not None else None)
    _transform(obj, item, field)
    if "apply" in item:
        bpy.context.view_layer.update()
        apply_transform(obj, item["apply"])
    if "visible" in item:
        _set_visible(obj, item["visible"])
    if "collection" in item:
        move_to(obj, ensure_collection(item["collection"], changes))
    if "shade" in item:
        shade(obj.data, item["shade"])
    if "properties" in item:
        set_properties(obj, item["properties"], f"{field}.properties")
    names = {"look_at": "rotation", "collection": "collections", "apply": "geometry"}
    changes.change(obj.name, [names.get(member, member) for member in FIELDS if member in item and member not in ("rename", "properties")]
                   + item.get("apply", []) + list(item.get("properties", {})))
    if "rename" in item:
        _rename(obj, item["rename"], changes)


def _transform(obj: Any, item: dict[str, Any], field: str) -> None:
    delta = item.get("delta", False)
    if "location" in item:
        obj.location = Vector(item["location"]) + (obj.location if delta else Vector())
    if "rotation" in item:
        base = rotation_degrees(obj) if delta else (0.0, 0.0, 0.0)
        set_rotation_degrees(obj, [a + b for a, b in zip(base, item["rotation"])])
    if "scale" in item:
        base = obj.scale if delta else (1.0, 1.0, 1.0)
        obj.scale = [a * b for a, b in zip(base, item["scale"])]
    if "dimensions" in item:
        bpy.context.view_layer.update()
        obj.dimensions = item["dimensions"]
    if "look_at" in item:
        bpy.context.view_layer.update()
        target = item["look_at"]
        point = bpy.context.scene.objects[target].matrix_world.translation if isinstance(target, str) \
            else Vector(target)
        if near(obj.matrix_world.translation, point):
            raise invalid(f"{field}.look_at is where the object itself is.", f"{field}.look_at")
        look_at(obj, point)


def _set_visible(obj: Any, visible: bool) -> None:
    """In the viewport and in renders."""
    obj.hide_render = not visible
    if visible:
        obj.hide_viewport = False
    if obj.name in bpy.context.view_layer.objects:
        obj.hide_set(not visible)
    else:
        obj.hide_viewport = not visible


def _rename(obj: Any, wanted: str, changes: Changes) -> None:
    """Data of its own that has the object's name goes with it."""
    old, data = obj.name, obj.data
    obj.name = _free_name(obj, wanted)
    if data is not None and data.name == old and data.users == 1 and data.library is None:
        data.name = obj.name
    changes.rename(old, obj.name)


def _free_name(obj: Any, wanted: str) -> str:
    """Some versions would take a name away from its owner, who gets a number instead."""
    name, number = wanted, 0
    while bpy.data.objects.get(name, obj) != obj:
        number += 1
        name = f"{wanted}.{number:03}"
    return name
