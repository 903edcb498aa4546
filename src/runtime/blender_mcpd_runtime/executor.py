"""Runs commands in the main thread, one at a time, and lets nothing but the end of the process stop it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from queue import SimpleQueue
from types import FrameType
from typing import Any, Callable

import bpy

from . import document
from .context import Context, Result
from .errors import Interrupted, OpError, describe, interrupted_error, not_started
from .job import QUEUED, RUNNING, Job
from .journal import Journal
from .replies import Outcome, error_outcome, reply, result_outcome
from .scene_events import SceneFeed

Operation = Callable[[Context, dict[str, Any]], Any]


class Executor:
    def __init__(self, operations: dict[str, Operation], runtime_hash: str) -> None:
        self.queue: SimpleQueue[Job | None] = SimpleQueue()
        self.journal = Journal()
        self.running: Job | None = None
        self.feed = SceneFeed()
        self.document = document.Document(self.feed)
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
        while (job := self.queue.get()) is not None:
            self.perform(job)

    def perform(self, job: Job) -> None:
        with self.journal.lock:
            if job.state != QUEUED:
                return
            job.state = RUNNING
            job.started = time.monotonic()
            self.running = job
        self.document.begin_job()
        self._finish(job, self._execute(job))

    def on_signal(self, _number: int, frame: FrameType | None) -> None:
        job = self.running
        if job is None or not job.interruptible or job.interrupt is None:
            return
        if _in_callback(frame):
            self._raise_after_callback(job, frame)
        else:
            raise Interrupted

    def _raise_after_callback(self, job: Job, frame: FrameType | None) -> None:
        """Blender swallows what its callbacks raise, and a loop over operators spends its Python time in ours: have the
        next line of the code that called Blender raise."""
        def trace(_frame: FrameType, _event: str, _arg: Any) -> None:
            if self.running is job and job.interruptible:
                raise Interrupted

        while frame is not None and frame.f_code.co_filename != __file__:
            if frame.f_code.co_filename != document.__file__:
                frame.f_trace = trace
            frame = frame.f_back
        sys.settrace(lambda *_event: None)  # frames are traced only while there is a global trace function

    def _execute(self, job: Job) -> Outcome:
        started = time.perf_counter()
        stdout, stderr = sys.stdout, sys.stderr
        try:
            try:
                context = Context(job, self.document)
                result = self._call(context, job)
                return self._encode(result, started)
            except BaseException as exc:  # SystemExit of a script included: only the daemon ends Blender
                job.interruptible = False
                return error_outcome(self.generation, _ms_since(started), self._error(job, exc))
        except Interrupted:  # a second signal, in the moment between the first one and the line above
            job.interruptible = False
            return error_outcome(self.generation, _ms_since(started), interrupted_error(job, job.op))
        finally:
            sys.settrace(None)
            sys.stdout, sys.stderr = stdout, stderr

    def _call(self, context: Context, job: Job) -> Any:
        operation = self._operations.get(job.op)
        if operation is None:
            raise OpError("unknown_op", f"This runtime has no operation {job.op!r}.")
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
        if isinstance(exc, Interrupted):
            return interrupted_error(job, job.op)
        return describe(exc)

    def _finish(self, job: Job, outcome: Outcome) -> None:
        self.document.end_job()
        with self.journal.lock:
            self.journal.finish(job, outcome)
            self.running = None
            waiters, job.waiters = job.waiters, []
        body = outcome.body()
        for connection, request_id in waiters:
            connection.send(*reply(request_id, body, outcome.blob))

    # I/O thread

    def drop(self, job: Job, reason: str) -> bool:
        """Answers a command that has not begun; False when it has."""
        with self.journal.lock:
            if job.state != QUEUED:
                return False
            outcome = error_outcome(self.generation, 0.0, not_started(reason))
            self.journal.finish(job, outcome)
            waiters, job.waiters = job.waiters, []
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
        }


def _signal_main_thread() -> None:
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)


def _in_callback(frame: FrameType | None) -> bool:
    """Is this below one of the runtime's handlers?"""
    while frame is not None and frame.f_code.co_filename != __file__:
        if frame.f_code.co_filename == document.__file__:
            return True
        frame = frame.f_back
    return False


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
