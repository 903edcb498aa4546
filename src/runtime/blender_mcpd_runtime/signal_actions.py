"""Dispositions of signals as the kernel has them: Blender's own are none of Python's, which can neither see nor restore them."""

from __future__ import annotations

import ctypes
from typing import Any

_BYTES = 256  # more than struct sigaction has anywhere; its first member is the handler

_libc = ctypes.CDLL(None)


def handler_address(number: int) -> int:
    """Of the C function that handles it; 0 and 1 stand for SIG_DFL and SIG_IGN."""
    return ctypes.c_void_p.from_buffer(read_action(number)).value or 0


def read_action(number: int) -> Any:
    action = ctypes.create_string_buffer(_BYTES)
    _libc.sigaction(int(number), None, action)
    return action


def write_action(number: int, action: Any) -> None:
    """`action` is what read_action has returned."""
    _libc.sigaction(int(number), action, None)
