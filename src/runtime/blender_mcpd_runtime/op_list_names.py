"""list_names: names to choose from, for completion."""

from __future__ import annotations

import heapq
from typing import Any, Iterable

import bpy

from .context import Context
from .errors import invalid
from .lookup import OBJECT_TYPES, collections_below

MAX_NAMES = 100

# Data-blocks of the whole file; everything else is listed as other operations find it: in the current scene.
DATA_KINDS = {"material": "materials", "scene": "scenes", "world": "worlds", "image": "images", "action": "actions",
              "node_group": "node_groups"}
TYPES_BY_KIND = {identifier.lower(): identifier for identifier in OBJECT_TYPES}
KINDS = ("object", "collection", *DATA_KINDS, *TYPES_BY_KIND)


def list_names(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    """Those that contain `text`, whatever its case; those that begin with it come first."""
    text = args.get("text", "").casefold()
    # A linked data-block can have the name of a local one.
    places = {name: name.casefold().find(text) for name in _names(args["kind"])}
    names = [name for name, place in places.items() if place >= 0]
    limit = min(args.get("limit", MAX_NAMES), MAX_NAMES)
    best = heapq.nsmallest(limit, names, key=lambda name: (places[name] > 0, name.casefold(), name))
    return {"names": best, "total": len(names)}


def _names(kind: str) -> Iterable[str]:
    scene = bpy.context.scene
    if kind == "object":
        return scene.objects.keys()
    if kind == "collection":
        return [scene.collection.name, *(child.name for child in collections_below(scene.collection))]
    if kind in DATA_KINDS:
        return getattr(bpy.data, DATA_KINDS[kind]).keys()
    if kind in TYPES_BY_KIND:
        return [obj.name for obj in scene.objects if obj.type == TYPES_BY_KIND[kind]]
    raise invalid(f"kind is {kind!r}; names can be listed of {', '.join(KINDS)}.", "kind")
