"""manage_file and save_snapshot."""

from __future__ import annotations

import os
from typing import Any

import bpy

from . import blend_files
from .changes import Changes
from .context import Context
from .errors import OpError, invalid


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


ACTIONS = {"new": _new, "open": _open, "save": _save, "save_as": _save_as}


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
