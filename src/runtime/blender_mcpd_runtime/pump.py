"""Runs commands in a Blender with windows: in the turns of Blender's own loop, so that its user can work on meanwhile."""

from __future__ import annotations

import time
import traceback
from contextlib import AbstractContextManager, nullcontext
from queue import Empty
from typing import Any, Callable

import bpy

from .executor import Executor
from .job import Job
from .main_thread import MainThread

# Between two looks at the queue while somebody is connected: in every turn of the loop, of which there are some 200 a second.
BUSY_S = 0.0
# The same while nobody is.
IDLE_S = 0.1
# The next command of one who works comes soon after the reply: no turn of the loop is as quick as waiting for it.
LINGER_S = 0.003
# Then Blender draws and hears its user.
SLICE_S = 0.05


class Pump:
    """Main thread only, apart from `interrupt`."""

    def __init__(self, executor: Executor, in_use: Callable[[], bool], is_over: Callable[[], bool],
                 on_end: Callable[[], None]) -> None:
        self._executor = executor
        self._in_use, self._is_over, self._on_end = in_use, is_over, on_end
        self._main_thread = MainThread(executor.on_signal)
        self._timer = self._tick  # Blender knows a timer by the identity of its function
        executor.interrupt_main = self._main_thread.strike

    def start(self) -> None:
        """Also when it has begun: then it makes sure that nobody has ended it."""
        if not bpy.app.timers.is_registered(self._timer):
            bpy.app.timers.register(self._timer, persistent=True)  # persistent: opening a file does not end it

    def _tick(self) -> float | None:
        try:
            return self._turn()
        except BaseException:  # a KeyboardInterrupt of Blender's terminal included: what gets out ends the timer for good
            traceback.print_exc()
            return IDLE_S

    def _turn(self) -> float | None:
        if self._is_over():
            self._on_end()
            return None
        ends = time.monotonic() + SLICE_S
        job = self._next(None)
        while job is not None:
            self.perform(job)
            job = self._next(LINGER_S) if time.monotonic() < ends else None
        return BUSY_S if self._in_use() else IDLE_S

    def perform(self, job: Job) -> None:
        with _window(), self._main_thread:
            self._executor.perform(job)

    def _next(self, patience_s: float | None) -> Job | None:
        try:
            return self._executor.queue.get(block=patience_s is not None, timeout=patience_s)
        except Empty:
            return None


def _window() -> AbstractContextManager[Any]:
    """A timer runs without a window, and so without the scene that the user looks at; operators need one."""
    windows = bpy.context.window_manager.windows
    if bpy.context.window is not None or not windows or not hasattr(bpy.context, "temp_override"):
        return nullcontext()
    return bpy.context.temp_override(window=windows[0])
