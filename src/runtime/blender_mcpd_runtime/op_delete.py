"""delete_objects: by exact names or by a filter, with or without what hangs below."""

from __future__ import annotations

from typing import Any

import bpy

from .changes import MAX_LISTED, Changes
from .context import Context
from .errors import invalid
from .lookup import children_by_parent, filtered_objects, objects_named, with_descendants
from .transforms import set_parent


def delete_objects(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    objects = _chosen(args)
    if args.get("with_children", False):
        objects = with_descendants(objects, children_by_parent())
    changes = Changes()
    if not objects:
        return {"removed": [], "count": 0, "changes": changes.to_json(), "generation": context.document.generation}
    removed = [obj.name for obj in objects]
    with context.changing():
        _release_children(objects, changes)
        _remove(objects, args.get("purge_data", True), changes)
        changes.removed += removed
    what = removed[0] if len(removed) == 1 else f"{len(removed)} objects"
    return context.commit(f"Delete {what}", changes, {"removed": removed[:MAX_LISTED], "count": len(removed)})


def _chosen(args: dict[str, Any]) -> list[Any]:
    if ("names" in args) == ("filter" in args):
        raise invalid("Give either names or filter.", "names")
    if "names" in args:
        return list(dict.fromkeys(objects_named(args["names"], "names")))
    if not args["filter"]:
        raise invalid("An empty filter would delete everything.", "filter",
                      'If that is what you want, say {"name": "*"}.')
    return filtered_objects(args["filter"])


def _release_children(objects: list[Any], changes: Changes) -> None:
    """Children that stay keep their place in the world."""
    going = set(objects)
    children = children_by_parent()
    for obj in objects:
        for child in children.get(obj, ()):
            if child not in going:
                set_parent(child, None)
                changes.change(child.name, ["parent"])


def _remove(objects: list[Any], purge_data: bool, changes: Changes) -> None:
    cameras = {scene.name: scene.camera for scene in bpy.data.scenes}
    for scene_name, camera in cameras.items():
        if camera in objects:
            changes.change(f"scene:{scene_name}", ["camera"])
    data_blocks = list(dict.fromkeys(obj.data for obj in objects if obj.data is not None))
    bpy.data.batch_remove(objects)
    if purge_data:
        bpy.data.batch_remove([data for data in data_blocks if data.users == 0])
