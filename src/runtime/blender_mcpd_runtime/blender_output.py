"""What Blender itself prints to the process' stdout: some things it tells in no other way."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from typing import Any, Callable

# What is read of it.
MAX_BYTES = 1_000_000


def printed_by(action: Callable[[], Any]) -> str:
    """Takes it away from stdout."""
    fflush = ctypes.CDLL(None).fflush
    with tempfile.TemporaryFile() as file:
        sys.stdout.flush()
        fflush(None)
        stdout = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            action()
            fflush(None)
        finally:
            os.dup2(stdout, 1)
            os.close(stdout)
        file.seek(0)
        return file.read(MAX_BYTES).decode("utf-8", "replace")
