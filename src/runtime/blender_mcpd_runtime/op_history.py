"""history: undo, redo, and checkpoints of the open file."""

from __future__ import annotations

import os
import shutil
from typing import Any

import bpy

from .changes import Changes
from .checkpoints import BEFORE_RESTORE, MAX_BYTES, MAX_COUNT, Checkpoint, Checkpoints, left_out, load
from .context import Context
from .errors import OpError, invalid
from .snapshot import Snapshot
from .undo_stack import read_undo_stack


def _folder() -> str:
    """Beside the runtime, in the folder that the daemon made for this Blender and removes after it. A guest has a name of its
    own, and no such folder; its is in Blender's own, which Blender removes."""
    name = __package__.rpartition(".")[2]
    if name == "blender_mcpd_runtime":
        return os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "checkpoints")
    return os.path.join(bpy.app.tempdir, f"{name}-checkpoints")


_checkpoints = Checkpoints(_folder())


def history(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    action = args["action"]
    for member, actions in (("name", ("checkpoint", "restore", "drop")), ("steps", ("undo", "redo"))):
        if member in args and action not in actions:
            raise invalid(f"{action} takes no {member}.", member, f"{member} is for {', '.join(actions)}.")
    if action in ("checkpoint", "restore", "drop") and "name" not in args:
        raise invalid(f"name is missing; {action} needs it.", "name")
    return {"action": action, **ACTIONS[action](context, args), "generation": context.document.generation}


def _list(_context: Context, _args: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"undo": [], "redo": []}
    try:
        stack = read_undo_stack()
        told = {"undo": stack.undo, "redo": stack.redo}
    except OpError as error:
        told["note"] = f"{error.message} {error.remedy}"
    return {**told, "checkpoints": [kept.to_json() for kept in _checkpoints.newest_first()],
            "limits": {"undo_steps": bpy.context.preferences.edit.undo_steps, "checkpoints": MAX_COUNT,
                       "checkpoint_bytes": MAX_BYTES}}


def _undo(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    return _step(context, args.get("steps", 1), "undo")


def _redo(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    return _step(context, args.get("steps", 1), "redo")


def _step(context: Context, steps: int, direction: str) -> dict[str, Any]:
    stack = read_undo_stack()
    names = stack.undo if direction == "undo" else stack.redo
    if steps > len(names):
        raise _too_far(steps, names, direction)
    context.hold_interrupts()
    document = context.document
    before = Snapshot()
    document.watch()
    for _ in range(steps):
        (bpy.ops.ed.undo if direction == "undo" else bpy.ops.ed.redo)()
    changes = document.settle_steps(before)
    stack = read_undo_stack()
    return {"steps": names[:steps], "changes": changes.to_json(), "undo": stack.undo, "redo": stack.redo}


def _too_far(steps: int, names: list[str], direction: str) -> OpError:
    done, why = {
        "undo": ("undone", f"Blender keeps up to {bpy.context.preferences.edit.undo_steps} steps since the file was made, "
                           "opened or restored."),
        "redo": ("redone", "What was undone can be redone until the next edit."),
    }[direction]
    there = f"Of {steps} steps only {len(names)} can be {done}" if names else f"There is nothing that can be {done}"
    return OpError("blender", f"{there}; nothing was done. {why}", field="steps",
                   remedy='See action "list"; further back only a checkpoint leads.')


def _checkpoint(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    _checkpoints.check_new(args["name"])
    context.hold_interrupts()
    missing = left_out()
    new = _checkpoints.write(args["name"])
    dropped = _checkpoints.add(new)
    return {"checkpoint": new.to_json(), "dropped": dropped, **({"note": missing} if missing else {})}


def _restore(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    wanted = _checkpoints.find(args["name"])
    context.hold_interrupts()
    missing = left_out()
    replaced = _checkpoints.write(BEFORE_RESTORE)
    document = context.document
    loads = document.loads
    try:
        load(wanted)
    except RuntimeError as error:
        if document.loads == loads:
            replaced.remove_file()
            raise
        raise _lost_the_scene(context, replaced) from error
    restored = wanted.to_json()
    dropped = _checkpoints.add(replaced)
    document.start_undo_history()
    changes = Changes()
    changes.change(f"file:{bpy.data.filepath or 'untitled'}", ["restored"])
    document.mark_changed(changes.names())
    return {"checkpoint": restored, "dropped": dropped, "file": bpy.data.filepath, "dirty": document.dirty,
            "changes": changes.to_json(),
            "note": f"The undo history starts anew. What was open before is the checkpoint {BEFORE_RESTORE!r}."
                    + (f" {missing}" if missing else "")}


def _lost_the_scene(context: Context, replaced: Checkpoint) -> OpError:
    """Blender opens its default scene when it cannot read a file that stands for a new one."""
    _checkpoints.add(replaced)
    context.document.start_undo_history()
    context.document.mark_changed([])
    return OpError("blender", "The checkpoint could not be read, and Blender has opened its default scene instead. "
                              f"What was open before is the checkpoint {BEFORE_RESTORE!r}.",
                   remedy=f'Restore {BEFORE_RESTORE!r}, and drop the one that cannot be read.',
                   details={"changes": {"added": [], "removed": [], "changed": {"file:untitled": ["new"]}}})


def _drop(_context: Context, args: dict[str, Any]) -> dict[str, Any]:
    _checkpoints.drop(args["name"])
    return {"dropped": [args["name"]]}


def remove_checkpoints() -> None:
    shutil.rmtree(_folder(), ignore_errors=True)


ACTIONS = {"list": _list, "undo": _undo, "redo": _redo, "checkpoint": _checkpoint, "restore": _restore, "drop": _drop}
