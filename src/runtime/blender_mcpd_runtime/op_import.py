"""import_file: one file into the scene, as one edit."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import bpy

from . import compat
from .changes import Changes
from .collection_links import ensure_collection, move_to
from .context import Context
from .errors import OpError, describe, interrupted_error
from .file_formats import FileFormat, choose
from .file_references import Folders, check_references
from .imported_files import ImportedFiles
from .interrupts import disarm, tracing
from .operator_options import checked_options
from .snapshot import Snapshot, compare

MAX_LISTED = 100


def import_file(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    context.hold_interrupts()  # what follows is short, but for the importer
    path = args["path"]
    if not os.path.isfile(path):
        raise OpError("not_found", f"There is no file {path!r}.", field="path")
    file_format, operator = choose(path, args.get("format"), "import")
    options = checked_options(operator, args.get("options", {}))
    folders = Folders(path, args.get("folders"))
    warnings = check_references(path, file_format.name, folders)
    context.document.leave_edit_mode()
    before, files = Snapshot(), ImportedFiles()
    try:
        with context.changing():
            _read(context, file_format, operator, path, options)
            objects = [obj for obj in bpy.data.objects if obj.name not in before.objects]
            warnings += files.check(path, folders, trusts_packed=file_format.name != "usd")
            if not _holds_something(objects, files.images, file_format):
                raise OpError("blender", f"{os.path.basename(path)!r} holds nothing that Blender could read.", field="path",
                              remedy="Look whether it is broken, or empty.")
            if "collection" in args:
                _gather(objects, args["collection"], before)
            bpy.context.view_layer.update()
            changes = compare(before, Snapshot(), set())
    except BaseException as exc:
        raise _failed(context, exc, before) from exc
    types = Counter(obj.type for obj in objects)
    result = context.commit(f"Import {os.path.basename(path)}", changes, {
        "format": file_format.name, "objects": [{"name": obj.name, "type": obj.type} for obj in objects[:MAX_LISTED]],
        "total": len(objects), "types": dict(types), "warnings": warnings})
    return result


def run_importer(file_format: FileFormat, operator: Any, path: str, options: dict[str, Any]) -> None:
    if file_format.name == "image":
        where: dict[str, Any] = {"directory": os.path.dirname(path) + os.sep, "files": [{"name": os.path.basename(path)}]}
    else:
        where = {"filepath": path}
    with compat.working_importers():
        done = operator("EXEC_DEFAULT", **where, **options)
    if "FINISHED" not in done:
        raise OpError("blender", f"Blender did not import {os.path.basename(path)!r}.", field="path",
                      remedy="Look for the reason in Blender's output.")


def _read(context: Context, file_format: FileFormat, operator: Any, path: str, options: dict[str, Any]) -> None:
    """An importer in Python may be interrupted at any place, as what it leaves is taken back."""
    region, traced = context.job.region, tracing()
    try:
        context.job.region = run_importer.__code__
        context.allow_interrupts()
        run_importer(file_format, operator, path, options)
        context.hold_interrupts()
    except TypeError as exc:  # what RNA does not tell, such as enums whose items are made when they are asked for
        raise OpError("invalid", str(exc).strip(), field="options") from exc
    finally:
        context.job.interruptible = False
        disarm(traced)
        context.job.region = region


def _holds_something(objects: list[Any], images: list[Any], file_format: FileFormat) -> bool:
    """Some importers make an empty mesh of a broken file, or a plane without a picture."""
    if file_format.name == "image":
        return bool(objects) and all(image.size[0] > 0 for image in images)
    return any(obj.type != "MESH" or obj.data.vertices for obj in objects)


def _gather(objects: list[Any], name: str, before: Snapshot) -> None:
    """All into that collection; those that the importer has made for them go when they are empty."""
    collection = ensure_collection(name, Changes())
    for obj in objects:
        move_to(obj, collection)
    for made in [made for made in bpy.data.collections if made.name not in before.data["collections"]]:
        if made != collection and not made.all_objects:
            bpy.data.collections.remove(made)


def _failed(context: Context, exc: BaseException, before: Snapshot) -> OpError:
    """After the roll-back, of which it says how far it came."""
    context.job.interruptible = False
    if context.job.interrupt is not None:  # whatever the importer made of it
        error = interrupted_error(context.job, "import_file")
    else:
        error = describe(exc)
        error.field = error.field or "path"
    if context.document.holds_undo:  # whoever does takes back more
        return error
    left = compare(before, Snapshot(), set())
    error.undone = not left
    if left:
        error.kind = "partial"
        error.message += " What had come in could not be taken back."
        error.details = {**(error.details or {}), "changes": left.to_json()}
    return error
