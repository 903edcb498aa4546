"""inspect_data: what is at a path in Blender's data. Reads, and runs nothing."""

from __future__ import annotations

from typing import Any

import bpy

from . import pages
from .context import Context
from .data_path import Found, Unset, context_names, resolve, type_of
from .data_values import (MAX_READ, id_path, is_costly, is_secret, item_of, members, plain, unset_members,
                          value_of)
from .errors import OpError
from .rna_describe import describe_property
from .rna_enums import live_identifiers

DEFAULT_LIMIT = 50


def inspect_data(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    found = resolve(args["path"])
    value, depth = found.value, args.get("depth", 1)
    limit = args.get("limit", DEFAULT_LIMIT)
    if found.prop is not None and is_secret(found.prop):
        raise OpError("invalid", f"{found.path} may hold a secret, and is not shown.", field="path")
    about: dict[str, Any] = {"path": _canonical(found), "type": _type(found)}
    if isinstance(value, Unset):
        return {**about, "value": unset_members(value, found.path, depth),
                "note": "Nothing of it is set yet: these are the defaults."}
    if isinstance(value, bpy.types.bpy_prop_collection):
        return {**about, **_collection(found, depth, limit, args)}
    if isinstance(value, bpy.types.bpy_struct):
        return {**about, **_struct(found, depth, limit, args)}
    if isinstance(value, str):
        return {**about, **_text(value, args)} if len(value) > pages.MAX_BYTES else {**about, **_leaf(found)}
    if _is_array(value):
        return {**about, **_array(found, limit, args), **_property(found)}
    return {**about, **_leaf(found)}


def _canonical(found: Found) -> str:
    """Data-blocks by their own name, however one came to them."""
    if isinstance(found.value, bpy.types.ID):
        return id_path(found.value) or found.path
    return found.path


def _type(found: Found) -> str:
    value = found.value
    if isinstance(value, bpy.types.bpy_prop_collection):
        fixed = found.prop.fixed_type.identifier if found.prop is not None else "struct"
        return f"collection of {fixed}"
    return "None" if value is None else type_of(value)


def _is_array(value: Any) -> bool:
    return not isinstance(value, (str, bytes, bytearray, dict, set, frozenset)) and not hasattr(value, "to_dict") \
        and hasattr(value, "__len__") and hasattr(value, "__getitem__")


def _property(found: Found) -> dict[str, Any]:
    """What RNA says of it, with the items that this struct takes now."""
    if found.prop is None:
        return {}
    told = describe_property(found.prop, lambda prop: live_identifiers(found.owner, prop), False)
    del told["name"]
    if is_costly(found.owner, found.prop.identifier):
        return {"property": told, "note": "Reading it makes Blender load or compute it."}
    return {"property": told}


def _leaf(found: Found) -> dict[str, Any]:
    return {"value": plain(found.value), **_property(found)}


def _struct(found: Found, depth: int, limit: int, args: dict[str, Any]) -> dict[str, Any]:
    value = found.value
    path = _canonical(found)
    entries = list(members(value, path, depth, limit))
    if depth == 0:
        names = [name for name, _ in entries]
        return {"count": len(names), "members": names}
    entries = [entry for entry in entries if _is_telling(entry[0])]
    names = [name for name, _ in entries]
    described, more = pages.fill(entries, lambda entry: (entry[0], entry[1]()), args, 200)
    result: dict[str, Any] = {"value": dict(described)}
    if value is bpy.context:
        result["also"] = sorted(context_names() - set(names))
    if more:
        result["left_out"] = names[int(more["next_cursor"]):]
    return {**result, **more}


# Of each data-block or type, for Blender itself. Depth 0 lists them, and each can be asked for.
_INNER = {"name_full", "id_type", "session_uid", "is_evaluated", "original", "use_extra_user", "is_embedded_data",
          "is_linked_packed", "is_missing", "is_runtime_data", "tag", "is_library_indirect", "library_weak_reference"}


def _is_telling(name: str) -> bool:
    return name not in _INNER and not name.startswith("bl_")


def _collection(found: Found, depth: int, limit: int, args: dict[str, Any]) -> dict[str, Any]:
    value = found.value
    described, more = pages.fill(range(len(value)), lambda position: item_of(value, position, found.path, depth, limit),
                                 args, DEFAULT_LIMIT)
    return {"count": len(value), "value": described, **more}


def _array(found: Found, limit: int, args: dict[str, Any]) -> dict[str, Any]:
    value = found.value
    count = len(value)
    if count > MAX_READ:
        return {"count": count, "value": [], "note": f"Arrays of more than {MAX_READ} numbers are only counted."}
    start = pages.cursor(args)
    part = list(enumerate(value[start:start + limit], start))
    described, _ = pages.fill(part, lambda item: value_of(item[1], f"{found.path}[{item[0]}]", 0, limit), {}, limit)
    end = start + len(described)
    return {"count": count, "value": described, **({"next_cursor": str(end)} if end < count else {})}


def _text(value: str, args: dict[str, Any]) -> dict[str, Any]:
    start = pages.cursor(args)
    end = start + pages.MAX_BYTES // 4
    return {"count": len(value), "value": value[start:end], **({"next_cursor": str(end)} if end < len(value) else {})}
