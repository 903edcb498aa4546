"""get_scene_info: the scene in one call, its objects in pages."""

from __future__ import annotations

from typing import Any

import bpy

from .context import Context
from .encoding import encode, encode_finite
from .errors import invalid
from .listings import Listing, Listings
from .object_info import SCENE_FIELDS, describe_object
from .scene_facts import facts

DEFAULT_LIMIT = 50
OBJECT_FIELDS = ("name", "type", "location", "visible", "collections")
FULL_FIELDS = OBJECT_FIELDS + ("rotation", "scale", "dimensions", "parent", "materials", "modifiers")


# The summary as JSON. Names of scenes and collections that have no room in it are counted in left_out.
MAX_SUMMARY_BYTES = 4000
MAX_SCENE_BYTES = 400
# The objects of a page; one that would go beyond it begins the next page.
MAX_PAGE_BYTES = 200_000

_listings = Listings()


def get_scene_info(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    detail = args.get("detail", "summary")
    facts.look(context.document, bpy.context.scene)
    info = _summary(context)
    if detail != "summary":
        info.update(_page(context, args, FULL_FIELDS if detail == "full" else OBJECT_FIELDS))
    return info


def _summary(context: Context) -> dict[str, Any]:
    scene = bpy.context.scene
    render, units = scene.render, scene.unit_settings
    document = context.document
    names, counts = bpy.data.scenes.keys(), facts.counts(scene)
    scenes = _fitting(names, MAX_SCENE_BYTES)
    info: dict[str, Any] = {
        "scene": scene.name,
        "scenes": scenes,
        "blender": bpy.app.version_string,
        "file": bpy.data.filepath,
        "dirty": document.dirty,
        "generation": document.generation,
        "object_count": sum(counts.values()),
        "counts": counts,
        "units": {"system": units.system, "length_unit": units.length_unit, "scale": round(units.scale_length, 6)},
        "frame": {"current": scene.frame_current, "start": scene.frame_start, "end": scene.frame_end,
                  "fps": round(render.fps / render.fps_base, 3)},
        "camera": scene.camera.name if scene.camera else None,
        "engine": render.engine,
        "resolution": [render.resolution_x, render.resolution_y],
        "world": scene.world.name if scene.world else None,
    }
    room = MAX_SUMMARY_BYTES - len(encode(info)) - len('"collections":[],"collection_count":00000,"left_out":'
                                                       '{"scenes":00000,"collections":00000},')
    info["collections"], info["collection_count"], missing = facts.collections(scene, room)
    left_out = {"scenes": len(names) - len(scenes), "collections": missing}
    if any(left_out.values()):
        info["left_out"] = {what: count for what, count in left_out.items() if count}
    return info


def _fitting(names: list[str], max_bytes: int) -> list[str]:
    """The first ones."""
    for index, name in enumerate(names):
        max_bytes -= len(encode(name)) + 1
        if max_bytes < 0:
            return names[:index]
    return names


def _page(context: Context, args: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    chosen = args.get("fields")
    if chosen is not None:
        for index, name in enumerate(chosen):
            if name not in SCENE_FIELDS:
                raise invalid(f"fields[{index}] is {name!r}; an object has {', '.join(SCENE_FIELDS)}.",
                              f"fields[{index}]")
        fields = tuple(dict.fromkeys(("name", *chosen)))
    number, listing, place = _listings.open(context.document, bpy.context.scene, args.get("filter", {}),
                                            args.get("cursor"))
    limit = args.get("limit", DEFAULT_LIMIT)
    described: list[dict[str, Any]] = []
    used = 0
    for place, obj in listing.from_place(place):
        if len(described) == limit:
            return _answer(listing, described, _listings.cursor(number, place, described[-1]["name"]))
        one = describe_object(obj, fields, facts.collections_of)
        used += len(encode_finite(one, "")[0])
        if described and used > MAX_PAGE_BYTES:
            return _answer(listing, described, _listings.cursor(number, place, described[-1]["name"]))
        described.append(one)
    return _answer(listing, described, None)


def _answer(listing: Listing, described: list[dict[str, Any]], cursor: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"matched": listing.matched, "objects": described}
    if cursor is not None:
        answer["next_cursor"] = cursor
    return answer
