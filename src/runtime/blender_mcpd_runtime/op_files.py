"""manage_file and save_snapshot."""

from __future__ import annotations

import os
from typing import Any

import bpy

from . import blend_files
from .changes import Changes
from .context import Context
from .errors import OpError, invalid
from .external_files import PACKABLE, external_files, recent_files
from .file_references import Folders


def manage_file(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    action = args["action"]
    return ACTIONS[action](context, args)


def save_snapshot(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    """A copy on disk; the open file stays the open file."""
    path = args["path"]
    blend_files.check_target(path)
    context.hold_interrupts()
    return {"path": path, "bytes": blend_files.save(path, copy=True, compress=False, relative_remap=True)}


def _new(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    if "path" in args:
        raise invalid("new takes no path: the new scene has no file yet.", "path", 'Use action "save_as" afterwards.')
    _check_nothing_lost(context, args)
    context.hold_interrupts()
    bpy.ops.wm.read_homefile(use_empty=args.get("use_empty", False), load_ui=False)
    return _loaded(context, "new")


def _open(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    path = _path(args)
    blend_files.check_source(path)
    _check_nothing_lost(context, args)
    context.hold_interrupts()
    # Scripts inside the file do not run: opening a file must not be running a program.
    bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=False)
    return {**_loaded(context, "open"), "bytes": os.path.getsize(path)}


def _save(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    path = bpy.data.filepath
    if not path:
        raise OpError("blender", "This scene has never been saved, so it has no file.",
                      remedy='Use action "save_as" with a path.')
    if "path" in args and args["path"] != path:
        raise invalid(f"save writes the open file, {path!r}.", "path", 'Use action "save_as" to write another file.')
    blend_files.check_target(path)
    return _write(context, "save", path)


def _save_as(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    path = _path(args)
    blend_files.check_target(path)
    if os.path.exists(path) and not args.get("overwrite", False) and not _is_open_file(path):
        raise OpError("blender", f"{path!r} exists already; nothing was written.", field="path",
                      remedy='Choose another path, or pass "overwrite": true.')
    return _write(context, "save_as", path)


def _revert(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    if not bpy.data.filepath:
        raise OpError("blender", "This scene has never been saved, so there is no file to go back to.",
                      remedy="history, action restore, goes back to a checkpoint.")
    return {**_open(context, {**args, "path": bpy.data.filepath}), "action": "revert"}


def _pack(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    """Not Blender's operator for it, which gives up at the first file that is not there. Blender's undo leaves packed what
    is."""
    packed, missing = [], []
    changes = Changes()
    files = external_files(PACKABLE)
    folders = Folders(bpy.data.filepath, args.get("folders"))
    outside = [file.path for file in files if os.path.exists(file.path) and not folders.hold(file.path)]
    if outside:
        raise OpError("blender", f"{outside[0]!r} is outside of the allowed folders; nothing was packed."
                      + (f" So are {len(outside) - 1} more." if len(outside) > 1 else ""),
                      remedy="Copy it beside the .blend file, or have the user add its folder to files.roots.")
    with context.changing():
        for file in files:
            if not os.path.isfile(file.path):
                missing.append(file.to_json())
                continue
            file.block.pack()
            packed.append(file.to_json())
            changes.change(f"{file.kind}:{file.block.name}", ["packed_file"])
    if packed:
        context.commit("Pack Files", changes, {})
    return {**_told(context, "pack", changes), "packed": packed, "missing": missing}


def _missing_files(context: Context, _args: dict[str, Any]) -> dict[str, Any]:
    missing = [file.to_json() for file in external_files() if not os.path.exists(file.path)]
    return {**_told(context, "missing_files", Changes()), "missing": missing}


def _recent(context: Context, _args: dict[str, Any]) -> dict[str, Any]:
    return {**_told(context, "recent", Changes()), "recent": recent_files()}


ACTIONS = {"new": _new, "open": _open, "save": _save, "save_as": _save_as, "revert": _revert, "pack": _pack,
           "missing_files": _missing_files, "recent": _recent}


def _path(args: dict[str, Any]) -> str:
    if "path" not in args:
        raise invalid(f"path is missing; {args['action']} needs it.", "path")
    return args["path"]


def _is_open_file(path: str) -> bool:
    return bool(bpy.data.filepath) and os.path.exists(bpy.data.filepath) and os.path.samefile(path, bpy.data.filepath)


def _check_nothing_lost(context: Context, args: dict[str, Any]) -> None:
    if context.document.dirty and not args.get("discard_changes", False):
        raise OpError("blender", "There are unsaved changes, which would be lost; nothing was done.",
                      field="discard_changes",
                      remedy='Save first (action "save" or "save_as"), or pass "discard_changes": true.')


def _loaded(context: Context, action: str) -> dict[str, Any]:
    document = context.document
    document.start_undo_history()
    changes = Changes()
    changes.change(f"file:{bpy.data.filepath or 'untitled'}", ["opened" if action == "open" else "new"])
    return _told(context, action, changes)


def _write(context: Context, action: str, path: str) -> dict[str, Any]:
    context.hold_interrupts()
    size = blend_files.save(path)
    context.document.note_saved()
    return {**_told(context, action, Changes()), "bytes": size}


def _told(context: Context, action: str, changes: Changes) -> dict[str, Any]:
    return {"action": action, "file": bpy.data.filepath, "dirty": context.document.dirty,
            "generation": context.document.generation, "changes": changes.to_json()}
