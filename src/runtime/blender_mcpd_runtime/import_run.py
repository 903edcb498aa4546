"""Running an importer inside of a change: where it may be interrupted, and what is told when it fails."""

from __future__ import annotations

import os
from typing import Any

import bpy

from . import compat
from .changes import Changes
from .collection_links import ensure_collection, move_to
from .context import Context
from .errors import OpError, describe, interrupted_error
from .file_formats import FileFormat
from .interrupts import disarm, tracing
from .snapshot import Snapshot, compare


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


def read_file(context: Context, file_format: FileFormat, operator: Any, path: str, options: dict[str, Any]) -> None:
    """An importer in Python may be interrupted at any place, as what it leaves is taken back."""
    with compat.working_importers():
        pass  # has loaded what would stay broken for as long as Blender runs if it were interrupted
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


def gather(objects: list[Any], name: str, before: Snapshot) -> Any:
    """All into that collection, which is returned; those that the importer has made for them go when they are empty."""
    collection = ensure_collection(name, Changes())
    for obj in objects:
        move_to(obj, collection)
    for made in [made for made in bpy.data.collections if made.name not in before.data["collections"]]:
        if made != collection and not made.all_objects:
            bpy.data.collections.remove(made)
    return collection


def failed(context: Context, exc: BaseException, before: Snapshot, subject: str, field: str) -> OpError:
    """After the roll-back, of which it says how far it came. `field`: what is to blame when the error does not say."""
    context.job.interruptible = False
    if context.job.interrupt is not None:  # whatever the importer made of it
        error = interrupted_error(context.job, subject)
    else:
        error = describe(exc)
        error.field = error.field or field
    if context.document.holds_undo:  # whoever does takes back more
        return error
    left = compare(before, Snapshot(), set())
    error.undone = not left
    if left:
        error.kind = "partial"
        error.message += " What had come in could not be taken back."
        error.details = {**(error.details or {}), "changes": left.to_json()}
    return error
