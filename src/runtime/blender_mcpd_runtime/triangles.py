"""How many objects with triangles there are, and how many of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Collection

import bpy


@dataclass
class Count:
    objects: int = 0
    triangles: int = 0

    def add(self, triangles: int) -> None:
        if triangles:
            self.objects += 1
            self.triangles += triangles


def count_shown(names: Collection[str], modifiers: bool = True) -> Count:
    """Of these objects of the view layer, with what they instance, as Blender shows them; `modifiers` false: without
    theirs."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    count = Count()
    for instance in depsgraph.object_instances:
        owner = instance.parent if instance.is_instance else instance.object
        if owner.original.name in names:
            count.add(_triangles(instance.object if modifiers else instance.object.original))
    return count


def count_all() -> Count:
    """Of all mesh objects, as they are."""
    count = Count()
    for obj in bpy.data.objects:
        if obj.type == "MESH":
            count.add(triangles_of(obj.data))
    return count


def _triangles(obj: Any) -> int:
    if obj.type == "MESH":
        return triangles_of(obj.data)
    try:
        mesh = obj.to_mesh()
    except RuntimeError:  # there is no geometry in it
        return 0
    triangles = triangles_of(mesh) if mesh is not None else 0
    obj.to_mesh_clear()
    return triangles


def triangles_of(mesh: Any) -> int:
    """A polygon with n corners makes n - 2."""
    return len(mesh.loops) - 2 * len(mesh.polygons)
