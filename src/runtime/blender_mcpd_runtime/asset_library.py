"""The assets that a .blend file has marked, and their data-blocks, read from it without opening it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Iterator

import bpy

from .errors import OpError, invalid
from .lookup import not_found

# What can be brought in from a library, by its name in the arguments, and where bpy.data has it.
TYPES = {"Object": "objects", "Collection": "collections", "Material": "materials", "World": "worlds"}
CATALOGS = "blender_assets.cats.txt"
MAX_CATALOG_BYTES = 4 << 20


@contextmanager
def opened(data: Any, path: str, field: str, **options: Any) -> Iterator[tuple[Any, Any]]:
    """(what is in the file, what is to be loaded of it)."""
    try:
        with data.libraries.load(path, **options) as (source, target):
            yield source, target
    except (OSError, RuntimeError) as exc:
        raise OpError("blender", f"{os.path.basename(path)!r} is no .blend file that this Blender can read.", field=field,
                      remedy="Look whether it is whole, and not of a newer Blender.") from exc


def append(path: str, wanted: dict[str, str] | None, field: str) -> tuple[str, list[Any]]:
    """(its name in TYPES, data-blocks) that have come into the open file. Without `wanted` it is the only asset that is
    marked there, else the only collection, else all objects."""
    if wanted is None:
        kind, names = _usual(path, field)
    else:
        kind, names = wanted.get("type", ""), [wanted.get("name", "")]
        if kind not in TYPES:
            raise invalid(f"datablock.type is {kind!r}; it must be one of {', '.join(TYPES)}.", "datablock.type")
    attribute = TYPES[kind]
    libraries = set(bpy.data.libraries)
    with opened(bpy.data, path, field) as (source, target):
        there = list(getattr(source, attribute))
        setattr(target, attribute, [name for name in names if name in there])
    if wanted is not None and names[0] not in there:
        raise not_found(f"{kind} in {os.path.basename(path)!r}", names[0], there, "datablock.name")
    blocks = [block for block in getattr(target, attribute) if block is not None]
    for library in [library for library in bpy.data.libraries if library not in libraries]:
        if not library.users_id:  # all that it had is the file's own now
            bpy.data.libraries.remove(library)
    return kind, blocks


def _usual(path: str, field: str) -> tuple[str, list[str]]:
    with opened(bpy.data, path, field, assets_only=True) as (source, _):
        marked = [(kind, name) for kind in TYPES for name in getattr(source, TYPES[kind])]
    if len(marked) == 1:
        return marked[0][0], [marked[0][1]]
    if marked:
        raise invalid(f"{os.path.basename(path)!r} has {len(marked)} assets: "
                      f"{', '.join(f'{kind} {name!r}' for kind, name in marked[:20])}.", "datablock",
                      'search_assets with provider "blender" lists each of them. (datablock: {"type": "Object", "name": "…"}.)')
    with opened(bpy.data, path, field) as (source, _):
        collections, objects = list(source.collections), list(source.objects)
    if len(collections) == 1:
        return "Collection", collections
    if not objects:
        raise OpError("blender", f"{os.path.basename(path)!r} holds no objects.", field=field)
    return "Object", objects


def described(block: Any, kind: str, catalogs: dict[str, str]) -> dict[str, Any]:
    """Of a marked data-block; without what nobody has filled in."""
    data = block.asset_data
    told = {"name": block.name, "type": kind, "tags": sorted(tag.name for tag in data.tags), "description": data.description,
            "author": data.author, "license": getattr(data, "license", ""), "copyright": getattr(data, "copyright", ""),
            "catalog": catalogs.get(data.catalog_id, data.catalog_simple_name)}
    return {name: value for name, value in told.items() if value}


def catalogs_of(folder: str, top: str) -> dict[str, str]:
    """Paths by id: of the library that the folder lies in, which is not above `top`."""
    while True:
        path = os.path.join(folder, CATALOGS)
        if os.path.isfile(path):
            return _read_catalogs(path)
        if folder == top or len(folder) <= len(top):
            return {}
        folder = os.path.dirname(folder)


def _read_catalogs(path: str) -> dict[str, str]:
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read(MAX_CATALOG_BYTES).splitlines()
    parts = [line.split(":", 2) for line in lines if not line.startswith(("#", "VERSION"))]
    return {part[0].strip(): part[1] for part in parts if len(part) == 3}
