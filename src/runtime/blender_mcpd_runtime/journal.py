"""What became of every command: the memory that makes a lost connection harmless."""

from __future__ import annotations

import threading
from collections import OrderedDict

from .job import Job
from .replies import Outcome

MAX_ENTRIES = 1000
# One large reply is not worth keeping: whoever lost it can ask again.
MAX_REPLY_BYTES = 256 << 10
# All kept replies together: a client that reads a big scene in a loop must not fill Blender's memory.
MAX_TOTAL_BYTES = 32 << 20


class Journal:
    """The last uuids and their outcomes, oldest first. The I/O thread and the main thread both use it: whoever calls a
    method holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._bytes = 0
        self._forgotten_until = float("-inf")  # commands that came later are all here

    def find(self, uuid: str) -> Job | None:
        return self._jobs.get(uuid)

    def has_forgotten(self, since: float) -> bool:
        """Whether a command that came after that moment may have been here and is not any more."""
        return self._forgotten_until >= since

    def add(self, job: Job) -> None:
        self._jobs[job.uuid] = job
        if len(self._jobs) > MAX_ENTRIES:
            oldest = next((j for j in self._jobs.values() if j.finished), None)
            if oldest is not None:
                del self._jobs[oldest.uuid]
                self._forgotten_until = max(self._forgotten_until, oldest.born)
                self._bytes -= oldest.kept_bytes

    def finish(self, job: Job, outcome: Outcome) -> None:
        job.finish(outcome)
        if job.kept_bytes > MAX_REPLY_BYTES:
            job.drop_result()
        self._bytes += job.kept_bytes
        if self._bytes > MAX_TOTAL_BYTES:
            self._trim()

    def _trim(self) -> None:
        for job in self._jobs.values():
            if job.finished:
                self._bytes -= job.kept_bytes
                job.drop_result()
                self._bytes += job.kept_bytes
                if self._bytes <= MAX_TOTAL_BYTES:
                    return
