"""What an operation may use besides bpy: progress, interrupts, and the way a change is made and reported."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Iterator

from .changes import Changes
from .document import Document
from .errors import Interrupted, interrupted_error
from .job import Job
from .replies import event

# More progress events than this tell a person nothing.
PROGRESS_INTERVAL_S = 0.1


@dataclass
class Result:
    """A result with binary data beside the JSON."""

    value: dict[str, Any]
    blob: bytes


class Context:
    def __init__(self, job: Job, document: Document) -> None:
        self.job = job
        self.document = document
        self.changes = Changes()  # all that was committed so far
        self._last_progress = 0.0
        self._last_value = 0.0
        self._total = 0

    def hold_interrupts(self) -> None:
        """From here on the command runs to its end. Raises when it was already asked to stop."""
        self.job.interruptible = False
        if self.job.interrupt is not None:
            raise Interrupted

    def allow_interrupts(self) -> None:
        """After hold_interrupts, between two parts that are each complete. Raises when it was asked to stop meanwhile."""
        self.job.interruptible = True
        if self.job.interrupt is not None:
            raise Interrupted

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Around the part that changes the scene: never interrupted halfway, and undone as a whole when it fails."""
        self.hold_interrupts()
        self.document.prepare_change()
        try:
            yield
        except Interrupted as exc:
            if self.document.holds_undo:
                raise  # the larger edit is taken back as a whole
            self.document.roll_back()
            raise interrupted_error(self.job, self.job.op, undone=True) from exc
        except BaseException:
            self.document.roll_back()
            raise

    def stop_point(self) -> None:
        """Between two parts of a long change: one that was asked to stop is taken back as a whole."""
        if self.job.interrupt is not None:
            raise Interrupted

    def commit(self, label: str, changes: Changes, result: dict[str, Any]) -> dict[str, Any]:
        """Makes the change one undo step and adds what changed to the result."""
        self.document.commit(label, changes.names())
        self.changes.merge(changes)
        return {**result, "changes": changes.to_json(), "generation": self.document.generation}

    def progress(self, value: float, total: int, message: str) -> None:
        """Tells the callers how far the command is. Called from any thread; values that do not grow are dropped."""
        now = time.monotonic()
        self._total = total
        if value <= self._last_value or (now - self._last_progress < PROGRESS_INTERVAL_S and value < total):
            return
        self._last_value, self._last_progress = value, now
        for connection, request_id in list(self.job.waiters):
            connection.send(event("progress", {"id": request_id, "value": value, "total": total, "message": message}))

    def progress_done(self) -> None:
        """The last step, which Blender does not always announce."""
        self.progress(self._total, self._total, "Finished")
