"""Blender's undo history, as Blender itself tells it: Python has no other way to see it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import bpy

from .blender_output import printed_by
from .errors import OpError

# Undo stops at the newest of these: what lies below belongs to another file.
FIRST_STEP = "Original"
# A state that was taken back because a call failed. Redo must not bring it back.
ROLLED_BACK = "Failed"

_LINE = re.compile(r"\[(.)(.)(.)(.)\] +\d+ \{.*?\} type='.*?', name='(.*)'$")


@dataclass
class UndoStack:
    states: list[str]  # that undo can lead to, by the steps that led there: the one that is open first
    undo: list[str]  # what can be undone, newest first
    redo: list[str]  # what can be redone, next first


def read_undo_stack() -> UndoStack:
    check_undo_is_on()
    if not (bpy.ops.ed.undo.poll() or bpy.ops.ed.redo.poll()):
        return UndoStack([], [], [])  # some versions crash when they print a history that has not begun
    names, active = [], -1
    for line in printed_by(bpy.context.window_manager.print_undo_steps).splitlines():
        match = _LINE.match(line)
        if match is None or match[4] == "S":  # undo passes over those
            continue
        if match[1] == "*":
            active = len(names)
        names.append(match[5])
    below, above = names[:active + 1], names[active + 1:]
    first = max((index for index, name in enumerate(below) if name == FIRST_STEP), default=0)
    if ROLLED_BACK in above:
        above = above[:above.index(ROLLED_BACK)]
    states = below[first:][::-1]
    return UndoStack(states, undo=states[:-1], redo=above)


def check_undo_is_on() -> None:
    if not bpy.context.preferences.edit.use_global_undo:
        raise OpError("blender", "Undo does not work: Global Undo is off in the preferences of this Blender.",
                      remedy="Use checkpoints, or switch on Preferences, System, Global Undo.")
