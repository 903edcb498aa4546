"""get_collection_info: one collection of the current scene."""

from __future__ import annotations

from typing import Any

import bpy

from .context import Context
from .lookup import collection_named

# Of objects and of children each; `count` and `child_count` say how many there are.
MAX_LISTED = 200


def get_collection_info(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    collection = collection_named(args["name"], "name")
    layer = _layer_collection(bpy.context.view_layer.layer_collection, collection)
    return {
        "name": collection.name,
        "objects": _names(collection.objects), "count": len(collection.objects),
        "children": _names(collection.children), "child_count": len(collection.children),
        # In this view layer; the others are the collection's own and hold everywhere.
        "visible": layer.is_visible if layer else False,
        "excluded": layer.exclude if layer else True,
        "hide_viewport": collection.hide_viewport,
        "hide_render": collection.hide_render,
        "hide_select": collection.hide_select,
    }


def _names(blocks: Any) -> list[str]:
    return sorted(blocks.keys())[:MAX_LISTED]


def _layer_collection(layer: Any, collection: Any) -> Any:
    """A collection that is linked more than once has a layer collection for each place; the first must do."""
    if layer.collection == collection:
        return layer
    found = (_layer_collection(child, collection) for child in layer.children)
    return next((layer for layer in found if layer is not None), None)
