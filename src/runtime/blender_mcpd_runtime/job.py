"""One command on its way through the runtime, and the reply it ends with."""

from __future__ import annotations

import time
from dataclasses import replace
from types import CodeType
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from .connection import Connection
    from .replies import Outcome

QUEUED, RUNNING, APPLIED, FAILED = "queued", "running", "applied", "failed"

# Code that swallows an interrupt gets it again after this long.
REPEAT_INTERRUPT_S = 0.25


class Job:
    """Owned by the journal. State changes happen under the journal's lock; `interruptible`, `region`, `struck` and
    `on_interrupt` are written by the main thread alone."""

    def __init__(self, uuid: str, op: str, args: dict[str, Any], deadline_ms: float | None,
                 connection: Connection, request_id: Any) -> None:
        self.born = time.monotonic()
        self.uuid = uuid
        self.op = op
        self.args = args
        self.deadline_ms = deadline_ms
        self.deadline = None if deadline_ms is None else time.monotonic() + deadline_ms / 1000
        self.state = QUEUED
        self.started = 0.0
        # Everybody who asked for this uuid and waits for its reply.
        self.waiters: list[tuple[Connection, Any]] = [(connection, request_id)]
        self.interrupt: str | None = None  # "interrupted" or "deadline" once somebody wants it stopped
        self.next_signal = 0.0
        # An interrupt strikes only what is called from the function with the code `region`: there is a place for it to
        # be caught, however often it comes.
        self.interruptible = False
        self.region: CodeType | None = None
        self.struck = False
        # What to do instead of the signal while the main thread is inside a Blender operator.
        self.on_interrupt: Callable[[], None] | None = None
        self.outcome: Outcome | None = None
        self.flags: dict[str, bool] = {}  # what the journal did not keep: result_dropped, blob_dropped

    @property
    def finished(self) -> bool:
        return self.outcome is not None

    @property
    def kept_bytes(self) -> int:
        return len(self.outcome.head) + len(self.outcome.rest)

    def mark_interrupted(self, kind: str) -> None:
        if self.interrupt is None:
            self.interrupt = kind

    def next_event(self) -> float | None:
        """When the I/O thread has to look at this job again."""
        return self.next_signal if self.interrupt else self.deadline

    def finish(self, outcome: Outcome) -> None:
        self.state = APPLIED if outcome.ok else FAILED
        self.args = {}
        self.on_interrupt = None
        self.outcome = replace(outcome, blob=b"")
        if outcome.blob:
            self.flags["blob_dropped"] = True

    def drop_result(self) -> None:
        self.outcome.rest = self.outcome.short_rest
        self.flags["result_dropped"] = True

    def kept_body(self) -> bytes:
        """The reply from the journal, with a word on what was not kept."""
        return self.outcome.body() + b"".join(b',"%s":true' % flag.encode() for flag in self.flags)
