"""Finding things by name: exact, or an error with the nearest names."""

from __future__ import annotations

import difflib
import fnmatch
from typing import Any, Callable, Iterable

import bpy

from .errors import OpError, invalid


def nearest(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The most similar names, ignoring case, best first."""
    by_folded: dict[str, str] = {}
    for candidate in names:
        by_folded.setdefault(candidate.casefold(), candidate)
    return [by_folded[folded] for folded in difflib.get_close_matches(name.casefold(), by_folded, count, 0.5)]


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


def objects_named(names: list[str], field: str) -> list[Any]:
    return [object_named(name, f"{field}[{index}]") for index, name in enumerate(names)]


def collection_named(name: str, field: str) -> Any:
    scene_collection = bpy.context.scene.collection
    if name == scene_collection.name:
        return scene_collection
    names = {child.name: child for child in scene_collection.children_recursive}
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
