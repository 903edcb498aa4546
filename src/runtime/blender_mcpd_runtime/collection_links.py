"""Which collections objects are in."""

from __future__ import annotations

from typing import Any

import bpy

from .changes import Changes
from .lookup import local


def default_collection() -> Any:
    """Where Blender itself would put a new object."""
    return bpy.context.view_layer.active_layer_collection.collection


def ensure_collection(name: str, changes: Changes) -> Any:
    """The collection of that name in the current scene: found, brought in from another scene, or made."""
    top = bpy.context.scene.collection
    if name == top.name:
        return top
    for collection in top.children_recursive:
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
