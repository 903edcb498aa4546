"""The last layer of the sandbox: from here on this process starts no other, and never becomes one.

The daemon has made the filter; it could not set it before Blender was there.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Any

_SET_FILTER, _ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC


def seal(settings: dict[str, Any]) -> None:
    """OSError: the kernel does not take it."""
    program = b"".join(struct.pack("=HBBI", *instruction) for instruction in settings["filter"])
    room = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(settings["filter"]), ctypes.addressof(room))
    system_call = ctypes.CDLL(None, use_errno=True).syscall
    if system_call(settings["system_call"], _SET_FILTER, _ALL_THREADS, header) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"seccomp: {os.strerror(error)}")
