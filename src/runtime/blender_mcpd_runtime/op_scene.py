"""get_scene_info: the scene in one call, its objects in pages."""

from __future__ import annotations

import base64
import binascii
import bisect
from collections import Counter
from typing import Any

import bpy

from .context import Context
from .errors import invalid
from .lookup import filtered_objects
from .object_info import SCENE_FIELDS, describe_object

DEFAULT_LIMIT = 50
OBJECT_FIELDS = ("name", "type", "location", "visible", "collections")
FULL_FIELDS = OBJECT_FIELDS + ("rotation", "scale", "dimensions", "parent", "materials", "modifiers")


def get_scene_info(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    detail = args.get("detail", "summary")
    info = _summary(context)
    if detail != "summary":
        info.update(_page(args, FULL_FIELDS if detail == "full" else OBJECT_FIELDS))
    return info


def _summary(context: Context) -> dict[str, Any]:
    scene = bpy.context.scene
    render, units = scene.render, scene.unit_settings
    document = context.document
    return {
        "scene": scene.name,
        "scenes": bpy.data.scenes.keys(),
        "blender": bpy.app.version_string,
        "file": bpy.data.filepath,
        "dirty": document.dirty,
        "generation": document.generation,
        "object_count": len(scene.objects),
        "counts": dict(sorted(Counter(obj.type for obj in scene.objects).items())),
        "units": {"system": units.system, "length_unit": units.length_unit, "scale": round(units.scale_length, 6)},
        "frame": {"current": scene.frame_current, "start": scene.frame_start, "end": scene.frame_end,
                  "fps": round(render.fps / render.fps_base, 3)},
        "camera": scene.camera.name if scene.camera else None,
        "engine": render.engine,
        "resolution": [render.resolution_x, render.resolution_y],
        "world": scene.world.name if scene.world else None,
        "collections": [_collection_tree(child) for child in scene.collection.children],
    }


def _collection_tree(collection: Any) -> dict[str, Any]:
    return {"name": collection.name, "objects": len(collection.objects),
            "children": [_collection_tree(child) for child in collection.children]}


def _page(args: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    chosen = args.get("fields")
    if chosen is not None:
        for index, name in enumerate(chosen):
            if name not in SCENE_FIELDS:
                raise invalid(f"fields[{index}] is {name!r}; an object has {', '.join(SCENE_FIELDS)}.",
                              f"fields[{index}]")
        fields = tuple(dict.fromkeys(("name", *chosen)))
    found = filtered_objects(args.get("filter", {}))
    # Paging by name, not by position: objects that come or go meanwhile shift nothing.
    start = 0
    if "cursor" in args:
        start = bisect.bisect_right([obj.name for obj in found], _decode_cursor(args["cursor"]))
    page = found[start:start + args.get("limit", DEFAULT_LIMIT)]
    result: dict[str, Any] = {"matched": len(found), "objects": [describe_object(obj, fields) for obj in page]}
    if start + len(page) < len(found):
        result["next_cursor"] = _encode_cursor(page[-1].name)
    return result


def _encode_cursor(last_name: str) -> str:
    return base64.urlsafe_b64encode(b"after:" + last_name.encode("utf-8", "surrogateescape")).decode()


def _decode_cursor(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        text = ""
    if not text.startswith("after:"):
        raise invalid("cursor is not one that get_scene_info gave out.", "cursor",
                      "Pass next_cursor of the previous page unchanged, or leave cursor out to start over.")
    return text.removeprefix("after:")
