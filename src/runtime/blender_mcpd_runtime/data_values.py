"""Any value of Blender's data as JSON: short, finite, and never more than was asked for."""

from __future__ import annotations

import json
import math
from typing import Any, Callable, Iterator

import bpy

from .data_path import Unset, is_python_property, member_names, type_of, unset_value
from .encoding import to_plain
from .rna_safety import is_unset, may_enter, may_read
from .values import number

MAX_TEXT = 1_000
MAX_ARRAY = 16      # of numbers inside something else
# Reading a part of an array costs Blender the whole.
MAX_READ = 16_000_000

# What Blender loads or computes when it is read: shown when it is asked for by itself, not along with all the others.
_COSTLY = {"Image": {"pixels", "size", "channels", "depth", "is_float", "resolution", "has_data", "frame_duration"},
           "MovieClip": {"size", "fps", "frame_duration"}, "Sound": {"samplerate", "channels", "factory"},
           "ID": {"preview"}, "ViewLayer": {"depsgraph"}}
# Not for others to see.
_SECRET_WORDS = ("token", "password", "secret", "api_key", "apikey", "clipboard", "credential")


def is_secret(prop: Any) -> bool:
    return prop.type == "STRING" and (prop.subtype == "PASSWORD" or
                                      any(word in prop.identifier.lower() for word in _SECRET_WORDS))


def is_costly(struct: Any, name: str) -> bool:
    return any(name in names for kind, names in _COSTLY.items() if isinstance(struct, getattr(bpy.types, kind)))


def plain(value: Any) -> Any:
    """A value that is no struct and no collection; NaN and infinities as text."""
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return to_plain(value)
    if isinstance(value, float):
        return real(value)
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else f"{value[:MAX_TEXT]}… [{len(value)} characters]"
    if isinstance(value, (bytes, bytearray)):
        return f"{value[:64].hex()}{'…' if len(value) > 64 else ''} [{len(value)} bytes, hexadecimal]"
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if hasattr(value, "to_dict"):
        return {str(key): plain(item) for key, item in value.to_dict().items()}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, bpy.types.bpy_struct):
        return reference(value, "")
    if hasattr(value, "__len__") and hasattr(value, "__getitem__"):
        return array(value, MAX_ARRAY)
    return repr(value)[:MAX_TEXT]


def real(value: float) -> float | str:
    if math.isfinite(value):
        return number(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def array(value: Any, limit: int) -> Any:
    """A list, or {count, first} when it is longer."""
    count = len(value)
    if count <= limit:
        return [plain(value[position]) for position in range(count)]
    return {"count": count, "first": [plain(value[position]) for position in range(min(limit, 4))]} \
        if count <= MAX_READ else {"count": count}


def reference(value: Any, path: str) -> dict[str, Any]:
    """A struct that is not gone into: what it is, and where."""
    told = {"type": type_of(value)}
    name = _name(value)
    if name is not None:
        told["name"] = name
    told["path"] = id_path(value) if isinstance(value, bpy.types.ID) else path
    return {key: part for key, part in told.items() if part}


def _name(value: Any) -> str | None:
    prop = value.bl_rna.name_property
    if prop is None or not may_enter(value):
        return None
    try:
        return str(getattr(value, prop.identifier))
    except Exception:
        return None


def id_path(block: Any) -> str:
    """bpy.data.materials["Steel"]; empty for what is embedded in another data-block."""
    if block.is_embedded_data:
        return ""
    for prop in bpy.data.bl_rna.properties:
        if prop.type == "COLLECTION" and prop.identifier != "all_ids" and \
                isinstance(block, getattr(bpy.types, prop.fixed_type.identifier, ())):
            return f"bpy.data.{prop.identifier}[{json.dumps(block.name, ensure_ascii=False)}]"
    return ""


def members(struct: Any, path: str, depth: int, limit: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """(name, how to get its JSON) of each property, in RNA's order; then the custom properties."""
    for name in member_names(struct):
        if not may_read(struct, name):
            continue
        prop = struct.bl_rna.properties[name]
        yield name, lambda name=name, prop=prop: _member(struct, name, prop, f"{path}.{name}", depth, limit)
    for name in ("children", "users_collection"):
        if name not in struct.bl_rna.properties and is_python_property(struct, name):
            yield name, lambda name=name: {"type": "list", "path": f"{path}.{name}"}
    for key in custom_keys(struct):
        yield f'["{key}"]', lambda key=key: plain(struct[key])


def custom_keys(struct: Any) -> list[str]:
    try:
        return list(struct.keys())
    except (AttributeError, TypeError):  # a type without
        return []


def _member(struct: Any, name: str, prop: Any, path: str, depth: int, limit: int) -> Any:
    if is_secret(prop):
        return "[withheld]"
    if is_costly(struct, name):
        return {"type": "not read", "path": path}
    if is_unset(struct, prop):
        value = unset_value(prop)
        return unset(value, path, depth - 1) if value is not None else None
    try:
        value = getattr(struct, name)
    except Exception as exc:
        return {"error": str(exc)[:200]}
    return value_of(value, path, depth - 1, limit)


def unset(group: Unset, path: str, depth: int) -> dict[str, Any]:
    told: dict[str, Any] = {"type": group.rna.identifier, "path": path, "unset": True}
    if depth > 0:
        told.update(unset_members(group, path, depth))
    return told


def unset_members(group: Unset, path: str, depth: int) -> dict[str, Any]:
    members_told: dict[str, Any] = {}
    for prop in group.rna.properties:
        if prop.identifier == "rna_type" or is_secret(prop):
            continue
        value = unset_value(prop)
        members_told[prop.identifier] = unset(value, f"{path}.{prop.identifier}", depth - 1) \
            if isinstance(value, Unset) else plain(value)
    return members_told


def value_of(value: Any, path: str, depth: int, limit: int) -> Any:
    """With depth 0 structs are only told of; data-blocks always, unless one asks for them by their path."""
    if isinstance(value, bpy.types.bpy_prop_collection):
        return _collection(value, path, depth, limit)
    if isinstance(value, bpy.types.bpy_struct):
        embedded = not isinstance(value, bpy.types.ID) or value.is_embedded_data
        if depth > 0 and embedded and may_enter(value):
            return {"type": type_of(value),
                    **{name: read() for name, read in members(value, path, depth, limit)}}
        return reference(value, path)
    if isinstance(value, list) and value and isinstance(value[0], bpy.types.bpy_struct):
        return [reference(item, f"{path}[{position}]") for position, item in enumerate(value[:limit])]
    return plain(value)


def _collection(value: Any, path: str, depth: int, limit: int) -> dict[str, Any]:
    told: dict[str, Any] = {"count": len(value), "path": path}
    if depth > 0 and len(value) > 0:
        told["first"] = [item_of(value, position, path, depth, limit) for position in range(min(len(value), limit))]
    return told


def item_of(value: Any, position: int, path: str, depth: int, limit: int) -> Any:
    """A member of a collection; by number, for names may repeat."""
    here = f"{path}[{position}]"
    try:
        item = value[position]
    except TypeError:  # those of a dependency graph can only be walked
        return {"type": "not read", "path": here}
    return value_of(item, here, depth - 1, limit)
