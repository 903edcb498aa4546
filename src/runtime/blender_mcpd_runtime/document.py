"""The open file as the runtime sees it: generation, unsaved changes, undo, and the news of it."""

from __future__ import annotations

import os
from typing import Any, Iterable

import bpy
from bpy.app.handlers import persistent

from . import app_handlers
from .changes import Changes
from .generation import Generation
from .recovery import Recovery
from .scene_events import News, SceneFeed, label
from .snapshot import Snapshot, compare
from .undo_stack import FIRST_STEP, ROLLED_BACK

# Data-blocks whose edits Blender reports by evaluating them again, and that are worth a mention by themselves.
EVALUATED_KINDS = {"Material": "material", "World": "world", "PointLight": "light", "SunLight": "light",
                   "SpotLight": "light", "AreaLight": "light", "Camera": "camera"}


class Document:
    """Main thread only, apart from the plain attributes that `status` reads.

    `bpy.data.is_dirty` cannot be used: in background mode Blender never handles the notifier that clears it after a
    save, and it stays false until the first undo push.
    """

    def __init__(self, feed: SceneFeed, recovery: Recovery) -> None:
        self._feed = feed
        self.recovery = recovery
        self._news = News()
        self._in_job = True     # until all is set up here, what Blender evaluates is nobody's edit
        self.counter = Generation()
        self.dirty = bpy.data.is_dirty and not bpy.app.background  # a user's work that is older than we are
        self.file: str = bpy.data.filepath
        self.loads = 0          # files opened so far, whoever opened them
        self.saves = 0          # how often the open file was saved
        self.touched = False    # Blender re-evaluated something since `watch`
        self.evaluated: set[tuple[str, str]] = set()  # (kind, name) of what has new content since `watch`
        self.stepped = False    # undo or redo ran since `watch`
        self.saved = False      # the open file was saved since `watch`, `touched` is what came after
        self.holds_undo = False  # edits are part of a larger one, see all_or_none.py
        self._begun_at = 0      # the generation before the command
        self._evaluated_in_job = False
        self._undo_is_current = False
        self._saved_as = self._file_stamp()
        self._told = self._state()  # what those who watch know
        self._handlers = self._make_handlers()
        self.ensure_handlers()
        self.start_undo_history()
        self._in_job = False
        self.recovery.note_file(self)

    @property
    def generation(self) -> int:
        return self.counter.value

    def ensure_handlers(self) -> None:
        app_handlers.ensure(self._handlers)

    def remove_handlers(self) -> None:
        """It notices nothing any more."""
        app_handlers.remove(self._handlers)

    def _make_handlers(self) -> app_handlers.Handlers:
        @persistent
        def on_update(_scene: Any, depsgraph: Any) -> None:
            self.touched = True
            if self._in_job:
                self._evaluated_in_job = True
                for update in depsgraph.updates:
                    self._note_evaluated(update)
            else:
                self._note_others_edit(label(update.id) for update in depsgraph.updates)

        @persistent
        def on_save_pre(*_args: Any) -> None:
            bpy.context.view_layer.update()  # edits up to here are in the file, so they count before it

        @persistent
        def on_save_post(*_args: Any) -> None:
            self.note_saved()
            self._tell_unless_in_job()

        @persistent
        def on_load_post(*_args: Any) -> None:
            self.note_loaded()
            self._tell_unless_in_job()

        @persistent
        def on_undo_post(*_args: Any) -> None:
            self.stepped = True
            if not self._in_job:
                self._note_others_edit(())

        handlers = bpy.app.handlers
        return [(handlers.depsgraph_update_post, on_update), (handlers.save_pre, on_save_pre),
                (handlers.save_post, on_save_post), (handlers.load_post, on_load_post),
                (handlers.undo_post, on_undo_post), (handlers.redo_post, on_undo_post)]

    def _note_evaluated(self, update: Any) -> None:
        block = update.id
        if isinstance(block, bpy.types.Object):
            if update.is_updated_geometry:
                self.evaluated.add(("", block.name))
        else:
            kind = EVALUATED_KINDS.get(type(block).__name__)
            if kind:
                self.evaluated.add((kind, block.name))

    # Files

    @staticmethod
    def _file_stamp() -> tuple[Any, ...]:
        """Identifies the saved state: Blender writes a new file at every save, so the inode or time differs."""
        path = bpy.data.filepath
        try:
            stat = os.stat(path)
        except OSError:
            return (path,)
        return (path, stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def note_saved(self) -> None:
        """The handler runs after saving a copy too; only the open file itself being new on disk makes it clean."""
        stamp = self._file_stamp()
        if stamp != self._saved_as:
            self._saved_as = stamp
            self.saved = True
            self.saves += 1
            self.dirty = False
            self.touched = False
            self.recovery.note_file(self)

    def note_loaded(self) -> None:
        self.loads += 1
        self.counter.count()
        self.dirty = False
        self.touched = False
        self._saved_as = self._file_stamp()
        self.recovery.note_file(self)

    # News

    def begin_job(self) -> None:
        """From here on the operation says itself what it changes; what happens outside is the user's doing, or that of
        a thread, which nobody has evaluated yet."""
        bpy.context.view_layer.update()
        self._in_job = True
        self.holds_undo = False
        self._begun_at = self.generation
        self._evaluated_in_job = False

    def end_job(self) -> None:
        bpy.context.view_layer.update()  # what is still due is the operation's
        if self._evaluated_in_job and self.generation == self._begun_at and _has_foreign_handlers():
            self.counter.count()  # a render, say, in which handlers of a script may have edited anything
        self._in_job = False
        self._tell()

    def _tell_unless_in_job(self) -> None:
        if not self._in_job:
            self._tell()

    def _note_others_edit(self, names: Iterable[str]) -> None:
        self.mark_changed(names)
        self._tell()

    def _state(self) -> tuple[int, int, str]:
        return self.generation, self.loads, self.file

    def _tell(self) -> None:
        self.file = bpy.data.filepath
        state = self._state()
        if state == self._told:
            return
        news, self._news = self._news, News()
        if state[1:] != self._told[1:]:
            news.file = self.file
        elif not news.names:
            news.more = True
        self._told = state
        self._feed.publish(self.generation, news)

    # Changes

    def watch(self) -> None:
        """Start to notice what a script does."""
        bpy.context.view_layer.update()  # what is still due belongs to the command before
        self.touched = self.stepped = self.saved = False
        self.evaluated.clear()
        self._undo_is_current = False

    def prepare_change(self) -> None:
        self.leave_edit_mode()
        if not self._undo_is_current:
            self.push_undo("Script")

    def leave_edit_mode(self) -> None:
        """Undo steps made in an edit mode hold that edit alone, and mesh data is stale until it ends."""
        if bpy.context.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
            self._undo_is_current = False

    def commit(self, undo_label: str, names: Iterable[str]) -> None:
        if not self.holds_undo:  # else before somebody needs it: in a large scene it takes seconds
            bpy.context.view_layer.update()
        self.push_undo(undo_label)
        self.mark_changed(names)

    def mark_changed(self, names: Iterable[str]) -> None:
        """`names` as in Changes."""
        self._news.add(names)
        self.counter.count()
        self.dirty = True

    def settle_steps(self, before: Snapshot) -> Changes:
        """After steps through the undo history since `watch`: an edit as any other, but for the push."""
        bpy.context.view_layer.update()
        changes = compare(before, Snapshot(), self.evaluated)
        self.mark_changed(changes.names())
        self._undo_is_current = True
        return changes

    def push_undo(self, undo_label: str) -> None:
        if self.holds_undo:
            return
        # The history is read line by line.
        bpy.ops.ed.undo_push(message="".join(c if c.isprintable() else " " for c in undo_label))
        self._undo_is_current = True

    def start_undo_history(self) -> None:
        """Blender keeps no history in background mode before the first push, and some versions do not clear it when
        another file is loaded: undo would bring the old file back. So the new one pushes the old steps out. With windows
        it keeps the history of its user."""
        bpy.context.view_layer.update()
        if not bpy.app.background:
            self.touched = False
            return
        edit = bpy.context.preferences.edit
        steps = edit.undo_steps
        edit.undo_steps = 2  # the smallest number that Blender takes; it keeps one more
        for _ in range(3):
            self.push_undo(FIRST_STEP)
        edit.undo_steps = steps
        self.touched = False

    def note_taken_back(self, dirty: bool) -> None:
        """Everything is as at an earlier undo step again."""
        self._undo_is_current = True
        self.counter.count()
        self.dirty = dirty
        self.touched = False

    def roll_back(self) -> None:
        """Back to the last undo step: pushing the broken state and undoing it restores exactly that step."""
        if self.holds_undo:
            return
        bpy.ops.ed.undo_push(message=ROLLED_BACK)
        bpy.ops.ed.undo()
        bpy.context.view_layer.update()


def _has_foreign_handlers() -> bool:
    """Of the kinds that run while the runtime renders or saves."""
    kinds = ("depsgraph_update_", "frame_change_", "render_", "save_")
    lists = (getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers) if name.startswith(kinds))
    return any(not (getattr(handler, "__module__", None) or "").startswith(__package__)
               for handlers in lists for handler in handlers)
