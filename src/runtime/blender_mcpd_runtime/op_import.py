"""import_file: one file into the scene, as one edit."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import bpy

from .context import Context
from .errors import OpError
from .file_formats import FileFormat, choose
from .file_references import Folders, check_references
from .import_run import failed, gather, read_file
from .imported_files import ImportedFiles
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
            read_file(context, file_format, operator, path, options)
            objects = [obj for obj in bpy.data.objects if obj.name not in before.objects]
            warnings += files.check(path, folders, trusts_packed=file_format.name != "usd")
            if not _holds_something(objects, files.images, file_format):
                raise OpError("blender", f"{os.path.basename(path)!r} holds nothing that Blender could read.", field="path",
                              remedy="Look whether it is broken, or empty.")
            if "collection" in args:
                gather(objects, args["collection"], before)
            bpy.context.view_layer.update()
            changes = compare(before, Snapshot(), set())
    except BaseException as exc:
        raise failed(context, exc, before, "import_file", "path") from exc
    types = Counter(obj.type for obj in objects)
    result = context.commit(f"Import {os.path.basename(path)}", changes, {
        "format": file_format.name, "objects": [{"name": obj.name, "type": obj.type} for obj in objects[:MAX_LISTED]],
        "total": len(objects), "types": dict(types), "warnings": warnings})
    return result


def _holds_something(objects: list[Any], images: list[Any], file_format: FileFormat) -> bool:
    """Some importers make an empty mesh of a broken file, or a plane without a picture."""
    if file_format.name == "image":
        return bool(objects) and all(image.size[0] > 0 for image in images)
    return any(obj.type != "MESH" or obj.data.vertices for obj in objects)
