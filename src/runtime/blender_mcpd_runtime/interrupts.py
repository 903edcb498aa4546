"""Where in the main thread an interrupt may strike, and how it gets through code that swallows it."""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType
from typing import Any, Callable, Iterator

import bpy

_RUNTIME = os.path.dirname(__file__)
# Code that the runtime itself calls: bpy.ops, json, …
_HELPERS = (os.path.dirname(os.__file__), os.path.dirname(bpy.__file__))


def is_inside(frame: FrameType | None, region: CodeType | None) -> bool:
    """Was this frame called, directly or not, from the function with that code? Not so for that function itself."""
    return any(below.f_code is region for below in _callers(frame))


def in_own_callback(frame: FrameType | None, handler_files: tuple[str, ...]) -> bool:
    """Is this below one of the runtime's handlers, which Blender calls?"""
    while frame is not None and _is_runtime(frame):
        if frame.f_code.co_filename in handler_files:
            return True
        frame = frame.f_back
    return False


def in_foreign_callback(frame: FrameType | None) -> bool:
    """Is this a driver or handler of somebody else, which Blender runs while the runtime works?"""
    while frame is not None and not _is_runtime(frame):
        if not frame.f_code.co_filename.startswith((*_HELPERS, "<frozen ")):
            return True
        frame = frame.f_back
    return False


def raise_at_next_line(frame: FrameType | None, region: CodeType, stop: Callable[[], None]) -> None:
    """Calls `stop`, which raises, at the next line that any of the callers of this frame inside the region comes to,
    and again further out when that is caught, too: the line of an `except` clause lies outside of its `try`."""
    def trace(_frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line":
            stop()
        return trace

    def arm(*_event: Any) -> None:
        sys.settrace(lambda *_event: None)  # frames are traced only while there is a global trace function

    while frame is not None and frame.f_code is not region:
        if not _is_runtime(frame):
            frame.f_trace = trace
        frame = frame.f_back
    arm()
    sys.setprofile(arm)  # Python removes a trace function that raises


Tracing = tuple[Any, Any]


def tracing() -> Tracing:
    """What traces and profiles the main thread: nothing, or a debugger of somebody who develops add-ons."""
    return sys.gettrace(), sys.getprofile()


def disarm(before: Tracing) -> None:
    trace, profile = before
    sys.settrace(trace)
    sys.setprofile(profile)


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None and (frame := frame.f_back) is not None:
        yield frame


def _is_runtime(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_RUNTIME)
