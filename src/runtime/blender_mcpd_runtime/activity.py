"""What an add-on's panel shows of the runtime: how the last calls have ended."""

from __future__ import annotations

import time
from collections import deque
from typing import NamedTuple

from .job import Job

MAX_CALLS = 100


class Call(NamedTuple):
    op: str
    ms: float   # since it began; 0 when it never did
    error: str  # its kind; empty when there was none


class Activity:
    """Noted by the main thread and the I/O thread, read by the main thread."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=MAX_CALLS)  # the latest last
        self.count = 0  # grows with each, so that a look at it tells whether there is anything new

    def note(self, job: Job) -> None:
        """The outcome is there."""
        ms = (time.monotonic() - job.started) * 1000 if job.started else 0.0
        self.calls.append(Call(job.op, ms, job.outcome.error))
        self.count += 1
