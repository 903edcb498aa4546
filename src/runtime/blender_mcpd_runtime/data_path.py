"""Paths into Blender's data, walked without running any Python: names are RNA properties."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from typing import Any

import bpy

from .data_path_steps import Name, read_steps
from .errors import OpError, invalid
from .lookup import nearest
from .rna_describe import default
from .rna_safety import is_group, is_unset, may_read

# Only so many names are compared with a wrong one.
MAX_NAMES = 5_000

_SHORT_ROOTS = {"D": "bpy.data", "C": "bpy.context", "data": "bpy.data", "context": "bpy.context"}


@dataclass
class Found:
    """A value and how one gets to it. `owner` and `prop` are what it was read from, where that was a struct."""

    value: Any
    path: str
    owner: Any = None
    prop: Any = None


def resolve(path: str) -> Found:
    steps = read_steps(path.strip(), "path")
    if not steps or not isinstance(steps[0], Name):
        raise invalid("path begins with a name.", "path", 'For instance scene.render, or bpy.data.materials["Steel"].')
    found, steps = _root(steps)
    for step in steps:
        found = _member(found, step) if isinstance(step, Name) else _item(found, step)
    return found


@dataclass
class Unset:
    """Stands for a group of an add-on's properties that is not stored yet: all of it is as the type says."""

    rna: Any


def _root(steps: list[Any]) -> tuple[Found, list[Any]]:
    first = steps[0]
    if first in _SHORT_ROOTS:
        name, rest = _SHORT_ROOTS[first], steps[1:]
    elif first == "bpy":
        if len(steps) < 2 or steps[1] not in ("data", "context"):
            raise invalid("Of bpy there are data and context to look at.", "path",
                          "For operators and types use lookup_api.")
        name, rest = f"bpy.{steps[1]}", steps[2:]
    elif first in context_names():
        name, rest = "bpy.context", steps
    elif first in bpy.data.bl_rna.properties:
        name, rest = "bpy.data", steps
    else:
        raise _unknown("A path", first, "", [*context_names(), *bpy.data.bl_rna.properties.keys()])
    return Found(bpy.data if name == "bpy.data" else bpy.context, name), rest


def context_names() -> set[str]:
    """What the context has and can be looked at. Areas and regions come and go with the mouse, but are there."""
    return {name for name in dir(bpy.context) if not name.startswith("_") and name not in _NO_DATA}


_NO_DATA = {"bl_rna", "rna_type", "copy", "path_resolve", "temp_override", "evaluated_depsgraph_get", "id_data"}


def _member(found: Found, name: str) -> Found:
    value, path = found.value, f"{found.path}.{name}"
    if value is bpy.context and name in context_names():
        return Found(_read(value, name, path), path)
    if hasattr(value, "bl_rna") and isinstance(value, bpy.types.bpy_struct):
        prop = value.bl_rna.properties.get(name)
        if prop is not None and not may_read(value, name):
            raise _stuck(found, f"is not safe to read: Blender may crash on its {name}")
        if prop is not None and is_unset(value, prop):
            return Found(unset_value(prop), path)
        if prop is not None and name != "rna_type":
            return Found(_read(value, name, path), path, value, prop)
        if is_python_property(value, name):
            return Found(_read(value, name, path), path)
        raise _unknown(found.path, name, f" ({type_of(value)})",
                       [*member_names(value), *(context_names() if value is bpy.context else ())])
    if isinstance(value, Unset):
        prop = value.rna.properties.get(name)
        if prop is None or name == "rna_type":
            raise _unknown(found.path, name, f" ({value.rna.identifier})", value.rna.properties.keys())
        return Found(unset_value(prop), path)
    if isinstance(value, bpy.types.bpy_prop_collection):
        example = f'{found.path}["{name}"]' if name in value else f"{found.path}[0]"
        raise _stuck(found, f"is a collection: choose a member, as in {example}")
    raise _stuck(found, "has no members" if value is not None else "is None here")


def unset_value(prop: Any) -> Any:
    if prop.type == "POINTER":
        return Unset(prop.fixed_type) if is_group(prop.fixed_type) else None
    return [] if prop.type == "COLLECTION" else default(prop)


def _read(owner: Any, name: str, path: str) -> Any:
    try:
        return getattr(owner, name)
    except Exception as exc:  # Blender refuses some in some states, and the code of add-ons raises anything
        raise OpError("blender", f"{path} cannot be read: {exc}", field="path") from None


def is_python_property(value: Any, name: str) -> bool:
    """One of those few that Blender's Python adds to its types, such as Object.children."""
    member = inspect.getattr_static(type(value), name, None)
    return isinstance(member, property) and (member.fget.__module__ or "").strip("_") == "bpy_types"


def member_names(value: Any) -> list[str]:
    return [name for name in value.bl_rna.properties.keys() if name != "rna_type"]


def _item(found: Found, key: str | int) -> Found:
    value = found.value
    path = f"{found.path}[{json.dumps(key, ensure_ascii=False)}]"
    if isinstance(value, bpy.types.bpy_prop_collection):
        return Found(_in_collection(found, key, value), path)
    if isinstance(key, int):
        if isinstance(value, (str, bytes)) or not hasattr(value, "__getitem__") or not hasattr(value, "__len__") \
                or hasattr(value, "keys"):
            raise _stuck(found, "has no members by number")
        if not -len(value) <= key < len(value):
            raise _out_of_range(found, key, len(value))
        return Found(value[key], path)
    # Custom properties, and the groups that they may be.
    try:
        names = list(value.keys())
    except (AttributeError, TypeError):
        raise _stuck(found, "has no members by name") from None
    if key not in names:
        raise _unknown(found.path, key, " among its custom properties", names)
    return Found(value[key], path)


def _in_collection(found: Found, key: str | int, value: Any) -> Any:
    if isinstance(key, int):
        if not -len(value) <= key < len(value):
            raise _out_of_range(found, key, len(value))
        try:
            return value[key]
        except TypeError:
            raise _stuck(found, "can only be walked, by a script") from None
    # One of this file before a linked one of the same name.
    member = value.get(key)
    if member is None:
        raise _unknown(found.path, key, f" ({len(value)} members)", value.keys()[:MAX_NAMES])
    return member


def type_of(value: Any) -> str:
    if isinstance(value, Unset):
        return value.rna.identifier
    return value.bl_rna.identifier if isinstance(value, bpy.types.bpy_struct) else type(value).__name__


def _unknown(where: str, name: str, about: str, names: Any) -> OpError:
    similar = nearest(name, names)
    message = f"{where}{about} has no {name!r}." if where != "A path" else f"A path does not begin with {name!r}."
    if similar:
        message += " Nearest: " + ", ".join(repr(one) for one in similar) + "."
    return OpError("not_found", message, field="path", details={"found": where, "nearest": similar},
                   remedy=f"Everything up to {where} is right; look at it to see what it has." if where != "A path" else
                   "Begin with bpy.data, bpy.context, or a member of the context (scene) or of the data (objects).")


def _stuck(found: Found, why: str) -> OpError:
    return OpError("not_found", f"{found.path} {why}.", field="path", details={"found": found.path},
                   remedy=f"Everything up to {found.path} is right.")


def _out_of_range(found: Found, key: int, count: int) -> OpError:
    return OpError("not_found", f"{found.path} has {count} members; there is no [{key}].", field="path",
                   details={"found": found.path, "count": count}, remedy="Count from 0.")
