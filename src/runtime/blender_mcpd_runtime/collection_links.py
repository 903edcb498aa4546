"""Which collections objects are in."""

from __future__ import annotations

from typing import Any, Iterable

import bpy

from .changes import Changes
from .lookup import collections_below, local


def collections_of(objects: Iterable[Any]) -> dict[Any, list[Any]]:
    """Blender's `users_collection` looks through all collections for each object."""
    found: dict[Any, list[Any]] = {obj: [] for obj in objects}
    for collection in all_collections():
        for obj in found.keys() & set(collection.objects):
            found[obj].append(collection)
    return found


def all_collections() -> list[Any]:
    """With those that the scenes are themselves."""
    return [*bpy.data.collections, *(scene.collection for scene in bpy.data.scenes)]


def default_collection() -> Any:
    """Where Blender itself would put a new object."""
    return bpy.context.view_layer.active_layer_collection.collection


def ensure_collection(name: str, changes: Changes) -> Any:
    """The collection of that name in the current scene: found, brought in from another scene, or made."""
    top = bpy.context.scene.collection
    if name == top.name:
        return top
    for collection in collections_below(top):
        if collection.name == name:
            return collection
    collection = local(bpy.data.collections, name)
    if collection is None:
        collection = bpy.data.collections.new(name)
        changes.added.append(f"collection:{collection.name}")
    top.children.link(collection)
    return collection


def move_to(obj: Any, collection: Any) -> None:
    for other in list(obj.users_collection):
        if other != collection:
            other.objects.unlink(obj)
    if obj.name not in collection.objects or collection.objects[obj.name] != obj:
        collection.objects.link(obj)
