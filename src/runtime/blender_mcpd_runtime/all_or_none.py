"""Several edits as one undo step, or none of them."""

from __future__ import annotations

import bpy

from .document import Document
from .undo_stack import ROLLED_BACK, read_undo_stack


class AllOrNone:
    """From here on edits push no undo steps of their own, until `keep` or `take_back`, of which one must follow."""

    def __init__(self, document: Document) -> None:
        document.prepare_change()
        self._document = document
        self._base = read_undo_stack().states
        self._generation, self._dirty = document.generation, document.dirty
        self._loads, self._saves = document.loads, document.saves
        document.holds_undo = True

    def keep(self, undo_label: str) -> None:
        bpy.context.view_layer.update()
        self._document.holds_undo = False
        if self._document.loads != self._loads:
            self._document.start_undo_history()
        elif self._document.generation != self._generation:
            self._document.push_undo(undo_label)

    def take_back(self) -> bool:
        """False when undo does not reach back: a script opened another file, or has filled the history itself."""
        document = self._document
        document.holds_undo = False
        if document.loads != self._loads:
            document.start_undo_history()
            return False
        bpy.context.preferences.edit.use_global_undo = True  # as it was at the beginning
        document.leave_edit_mode()
        document.push_undo(ROLLED_BACK)
        steps = self._steps_back()
        if steps is None:
            return False
        for _ in range(steps):
            bpy.ops.ed.undo()
        bpy.context.view_layer.update()
        # What was saved meanwhile is not what is open.
        document.note_taken_back(self._dirty or document.saves != self._saves)
        return True

    def _steps_back(self) -> int | None:
        """The scripts may have pushed steps, too, and old ones have made room for them; None when that of the beginning has."""
        now = read_undo_stack().states
        for steps in range(1, len(now)):
            left = now[steps:]
            if left == self._base[:len(left)]:
                return steps
        return None
