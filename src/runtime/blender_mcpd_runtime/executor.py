"""Runs commands in the main thread, one at a time, and lets nothing but the end of the process stop it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any, Callable

import bpy

from . import document, render_watch
from .context import Context, Result
from .errors import Interrupted, OpError, describe, interrupted_error, not_started
from .interrupts import disarm, in_foreign_callback, in_own_callback, is_inside, raise_at_next_line, tracing
from .job import QUEUED, RUNNING, Job
from .journal import Journal
from .recovery import Recovery
from .replies import Outcome, error_outcome, reply, result_outcome
from .scene_events import SceneFeed

_CALLBACK_FILES = (document.__file__, render_watch.__file__)

Operation = Callable[[Context, dict[str, Any]], Any]


class Executor:
    def __init__(self, operations: dict[str, Operation], runtime_hash: str,
                 recovery: dict[str, Any] | None = None) -> None:
        self.queue: SimpleQueue[Job | None] = SimpleQueue()
        self.journal = Journal()
        self.running: Job | None = None
        self.feed = SceneFeed()
        self.document = document.Document(self.feed, Recovery(recovery))
        self.renders = render_watch.RenderWatch(lambda: self.running, self._stop_later)
        self.own_threads: frozenset[int] = frozenset()
        # Whether what the I/O thread needs is still open.
        self.check_descriptors: Callable[[Job], None] = lambda _job: None
        self.note_descriptors: Callable[[], None] = lambda: None  # before a job
        self.on_end: Callable[[Job], None] = lambda _job: None  # of each command; any thread
        self._operations = operations
        self._born = time.monotonic()
        self.interrupt_main: Callable[[], None] = _signal_main_thread  # from another thread
        self._fixed_status = {
            "blender": list(bpy.app.version), "version": bpy.app.version_string,
            "background": bpy.app.background, "runtime": runtime_hash,
        }

    @property
    def generation(self) -> int:
        return self.document.generation

    # Main thread

    def run(self) -> None:
        """Serves until the queue gives None."""
        signal.signal(signal.SIGUSR1, self.on_signal)
        while (job := self._next_job()) is not None:
            self.perform(job)

    def _next_job(self) -> Job | None:
        """Makes the recovery copies that are due meanwhile."""
        recovery = self.document.recovery
        while True:
            due_in = recovery.due_in(self.document)
            if due_in == 0:
                recovery.copy(self.document)
                continue
            try:
                job = self.queue.get(timeout=due_in)
            except Empty:
                continue
            if job is not None:
                recovery.prepare(self.document, job)
            return job

    def perform(self, job: Job) -> None:
        with self.journal.lock:
            if job.state != QUEUED:
                return
            job.state = RUNNING
            job.started = time.monotonic()
            self.running = job
        self.note_descriptors()
        self.document.begin_job()
        outcome = self._execute(job)
        self.check_descriptors(job)
        self._finish(job, outcome)

    def on_signal(self, _number: int, frame: FrameType | None) -> None:
        job = self.running
        if job is None or job.interrupt is None:
            return
        if not job.interruptible or not is_inside(frame, job.region):
            if in_foreign_callback(frame):
                raise Interrupted  # Blender swallows it and goes on with ours
            return
        is_repeated = job.struck
        job.struck = True
        in_callback = in_own_callback(frame, _CALLBACK_FILES)
        if in_callback or is_repeated:
            # Blender swallows what its callbacks raise, and a loop over operators spends its Python time in ours.
            self._stop_later(job, frame)
        if not in_callback:
            raise Interrupted

    def _stop_later(self, job: Job, frame: FrameType) -> None:
        """At the next line of what has called Blender, which is now in a callback with this frame."""
        if job.interrupt is not None and job.interruptible and is_inside(frame, job.region):
            raise_at_next_line(frame, job.region, lambda: self._stop(job))

    def _stop(self, job: Job) -> None:
        if self.running is job and job.interruptible:
            raise Interrupted

    def _execute(self, job: Job) -> Outcome:
        started = time.perf_counter()
        stdout, stderr, traced = sys.stdout, sys.stderr, tracing()
        try:
            result = self._call(Context(job, self.document), job)
            return self._encode(result, started)
        except BaseException as exc:  # SystemExit of a script included: only the daemon ends Blender
            job.interruptible = False
            return error_outcome(self.generation, _ms_since(started), self._error(job, exc))
        finally:
            disarm(traced)
            self.document.ensure_handlers()
            self.renders.ensure_handlers()
            sys.stdout, sys.stderr = stdout, stderr

    def _call(self, context: Context, job: Job) -> Any:
        operation = self._operations.get(job.op)
        if operation is None:
            raise OpError("unknown_op", f"This runtime has no operation {job.op!r}.")
        job.region = Executor._call.__code__
        job.interruptible = True
        result = operation(context, job.args)
        job.interruptible = False
        return result

    def _encode(self, result: Any, started: float) -> Outcome:
        blob = b""
        if isinstance(result, Result):
            result, blob = result.value, result.blob
        return result_outcome(self.generation, _ms_since(started), result, blob)

    @staticmethod
    def _error(job: Job, exc: BaseException) -> OpError:
        if isinstance(exc, Interrupted) or (job.interrupt is not None and not isinstance(exc, OpError)):
            return interrupted_error(job, job.op)
        return describe(exc)

    def _has_foreign_threads(self) -> bool:
        return not self.own_threads.issuperset(sys._current_frames())

    def _finish(self, job: Job, outcome: Outcome) -> None:
        if self._has_foreign_threads():
            self.document.counter.unwatched = True
        self.document.end_job()
        with self.journal.lock:
            self.journal.finish(job, outcome)
            self.running = None
            waiters, job.waiters = job.waiters, []
        self.on_end(job)
        body = outcome.body()
        for connection, request_id in waiters:
            connection.send(*reply(request_id, body, outcome.blob))

    # I/O thread

    def count_unseen_edits(self) -> None:
        """A thread that a script left may edit at any time, and Blender tells nobody: while there is one, and until
        somebody has looked after it, every look at the generation finds a new one."""
        counter = self.document.counter
        if counter.unwatched:
            counter.count_unseen()  # before: others read both
            counter.unwatched = False
            counter.count_unseen()  # after: the main thread may have set it in between
            if self._has_foreign_threads():
                counter.unwatched = True

    def drop(self, job: Job, reason: str) -> bool:
        """Answers a command that has not begun; False when it has."""
        with self.journal.lock:
            if job.state != QUEUED:
                return False
            outcome = error_outcome(self.generation, 0.0, not_started(reason))
            self.journal.finish(job, outcome)
            waiters, job.waiters = job.waiters, []
        self.on_end(job)
        for connection, request_id in waiters:
            connection.send(*reply(request_id, outcome.body()))
        return True

    def status(self, queued: int) -> dict[str, Any]:
        job, now = self.running, time.monotonic()
        running = None
        if job is not None:
            running = {"op": job.op, "uuid": job.uuid, "for_ms": round((now - job.started) * 1000, 1)}
        return {
            "state": "busy" if running else "ready", "running": running, "queue": queued,
            "file": self.document.file, "dirty": self.document.dirty, **self._fixed_status,
            "pid": os.getpid(), "generation": self.generation, "uptime_s": round(now - self._born, 3),
            "recovery": self.document.recovery.status(),
        }


def _signal_main_thread() -> None:
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
