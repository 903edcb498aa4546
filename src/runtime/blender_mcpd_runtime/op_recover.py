"""recover: opens a recovery copy, or a saved file, after another Blender has ended by itself. For the daemon alone."""

from __future__ import annotations

from typing import Any

import bpy

from . import blend_files
from .checkpoints import Checkpoint, load
from .context import Context
from .errors import OpError


def recover(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    """With a `document`, `path` is a copy of it, and `file` is the file that it belongs to."""
    path = args["path"]
    blend_files.check_source(path)
    context.hold_interrupts()
    document = context.document
    loads = document.loads
    if "document" in args:
        try:
            load(Checkpoint("recovery", path, args["file"], 0.0, 0))
        except RuntimeError as error:
            raise OpError("blender", str(error).strip().removeprefix("Error: ")) from error
    else:
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=False)
    if document.loads == loads:
        raise OpError("blender", f"Blender did not open {path!r}.")
    document.start_undo_history()
    if "document" in args:
        document.mark_changed([])
        document.recovery.note_restored(document, args["document"])
    return {"file": bpy.data.filepath, "generation": document.generation}
