"""Knows when Blender renders, whoever asked for it, and stops a render."""

from __future__ import annotations

import ctypes
import signal
import sys
from types import FrameType
from typing import Any, Callable

import bpy
from bpy.app.handlers import persistent

from . import app_handlers
from .job import Job
from .signal_actions import handler_address


class RenderWatch:
    """While a render runs, an interrupt of the running job cancels it as Ctrl-C in a terminal does. A Blender with windows
    does not listen to that: there the interrupt waits for the end of the render, or for its user to press Esc."""

    def __init__(self, running: Callable[[], Job | None],
                 stop_later: Callable[[Job, FrameType], None]) -> None:
        @persistent
        def on_begin(*_args: Any) -> None:
            if _break is not None and (job := running()) is not None:
                job.on_interrupt = cancel_render

        @persistent
        def on_end(*_args: Any) -> None:
            if (job := running()) is not None:
                job.on_interrupt = None
                stop_later(job, sys._getframe())  # no Python of a render engine is under way any more

        handlers = bpy.app.handlers
        self._handlers = [(handlers.render_init, on_begin), (handlers.render_complete, on_end),
                          (handlers.render_cancel, on_end)]
        self.ensure_handlers()

    def ensure_handlers(self) -> None:
        app_handlers.ensure(self._handlers)

    def remove_handlers(self) -> None:
        app_handlers.remove(self._handlers)


def _break_function() -> Any:
    """Blender's handler of SIGINT sets the flag that renders and bakes look at, and counts: the second SIGINT ends
    Blender. It counts for SIGINT alone, so it is called with the number of no signal, as often as needed."""
    address = handler_address(signal.SIGINT)
    if not bpy.app.background or address in (0, 1):  # with windows Blender has none, but Python may
        return None
    return ctypes.CFUNCTYPE(None, ctypes.c_int)(address)


_break = _break_function()


def cancel_render() -> None:
    """From any thread, while the main thread is inside a render or bake operator. Anywhere else it does nothing."""
    if _break is not None:
        _break(0)
