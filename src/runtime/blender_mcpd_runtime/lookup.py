"""Finding things by name: exact, or an error with the nearest names."""

from __future__ import annotations

import fnmatch
from typing import Any, Callable, Iterable

import bpy

from .errors import OpError, invalid
from .similar_names import SimilarNames


def nearest(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The most similar names, ignoring case, best first."""
    return SimilarNames(names).to(name, count)


def not_found(what: str, name: str, names: Iterable[str], field: str) -> OpError:
    similar = nearest(name, names)
    message = f"There is no {what} {name!r}."
    if similar:
        message += " Nearest: " + ", ".join(repr(candidate) for candidate in similar) + "."
    return OpError("not_found", message, field=field, details={"name": name, "nearest": similar},
                   remedy="Use an exact name; get_scene_info with detail \"objects\" lists the objects."
                   if what == "object" else "Use an exact name.")


def local(collection: Any, name: str) -> Any:
    """The data-block of that name; one of this file before a linked one of the same name."""
    return collection.get((name, None)) or collection.get(name)


def object_named(name: str, field: str) -> Any:
    """An object of the current scene."""
    found = bpy.context.scene.objects.get(name)
    if found is None:
        raise not_found("object", name, bpy.context.scene.objects.keys(), field)
    return found


# Blender looks through all objects for a name; for more names than these all objects are listed once instead.
MAX_LOOKUPS = 5


def objects_named(names: list[str], field: str) -> list[Any]:
    return [obj or object_named(name, f"{field}[{index}]")
            for index, (name, obj) in enumerate(zip(names, find_objects(names)))]


def find_objects(names: list[str]) -> list[Any | None]:
    """Of the current scene."""
    objects = bpy.context.scene.objects
    if len(names) <= MAX_LOOKUPS:
        return [objects.get(name) for name in names]
    there = dict(reversed(objects.items()))  # of several with one name the first, as Blender does it
    return [there.get(name) for name in names]


def children_by_parent() -> dict[Any, list[Any]]:
    """Of all objects in the file. Blender's `children` looks through all of them for each object."""
    children: dict[Any, list[Any]] = {}
    for obj in bpy.data.objects:
        parent = obj.parent
        if parent is not None:
            children.setdefault(parent, []).append(obj)
    return children


def with_descendants(objects: Iterable[Any], children: dict[Any, list[Any]]) -> list[Any]:
    """Parents before their children."""
    found = dict.fromkeys(objects)
    waiting = list(found)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found[child] = None
                waiting.append(child)
    return list(found)


def collections_below(top: Any) -> list[Any]:
    """Each once. Blender's `children_recursive` lists one that is linked more than once as often, with all that is in it."""
    found: dict[Any, None] = {}
    level = list(top.children)
    while level:
        level = [collection for collection in dict.fromkeys(level) if collection not in found]
        found.update(dict.fromkeys(level))
        level = [child for collection in level for child in collection.children]
    return list(found)


def collection_named(name: str, field: str) -> Any:
    scene_collection = bpy.context.scene.collection
    if name == scene_collection.name:
        return scene_collection
    names = {child.name: child for child in collections_below(scene_collection)}
    if name not in names:
        raise not_found("collection", name, [scene_collection.name, *names], field)
    return names[name]


OBJECT_TYPES = tuple(item.identifier for item in bpy.types.Object.bl_rna.properties["type"].enum_items)


def filtered_objects(conditions: dict[str, Any], field: str = "filter") -> list[Any]:
    """The scene's objects that meet every condition, in name order."""
    tests: list[Callable[[Any], bool]] = []
    if "type" in conditions:
        wanted_type = conditions["type"].upper()
        if wanted_type not in OBJECT_TYPES:
            raise invalid(f"{field}.type is {conditions['type']!r}; an object type is one of {', '.join(OBJECT_TYPES)}.",
                          f"{field}.type")
        tests.append(lambda obj: obj.type == wanted_type)
    if "name" in conditions:
        pattern = conditions["name"]
        tests.append(lambda obj: fnmatch.fnmatchcase(obj.name, pattern))
    if "selected" in conditions:
        tests.append(lambda obj: obj.select_get() == conditions["selected"])
    if "visible" in conditions:
        tests.append(lambda obj: obj.visible_get() == conditions["visible"])
    objects: Iterable[Any] = bpy.context.scene.objects
    if "collection" in conditions:
        objects = collection_named(conditions["collection"], f"{field}.collection").all_objects
    found = [obj for obj in objects if all(test(obj) for test in tests)]
    return sorted(found, key=lambda obj: obj.name)
