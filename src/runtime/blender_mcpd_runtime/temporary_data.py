"""Data-blocks beside the open file, to look at and throw away: nothing of them is ever in `bpy.data`."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from typing import Any, Iterator

import bpy


@contextmanager
def temporary_data() -> Iterator[Any]:
    """An empty BlendData. Hold interrupts around it, and keep nothing of it: its memory is freed at the end.

    What Blender's own context manager gives out is a reference that the manager keeps for itself as well: the object is
    freed twice, some time later. So it gets the reference that it lacks.
    """
    manager = bpy.data.temp_data()
    data = manager.__enter__()
    if sys.getrefcount(data) < 3:  # ours, the one of this call, and the manager's
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(data))
    try:
        yield data
    finally:
        manager.__exit__(None, None, None)
