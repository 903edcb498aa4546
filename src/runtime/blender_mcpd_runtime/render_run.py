"""What every render needs while it runs and of what it leaves."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import Iterator

from .context import Context
from .errors import Interrupted


@contextmanager
def stoppable(context: Context) -> Iterator[None]:
    """Around a render operator: an interrupt ends it, and whatever it then says of itself is no failure."""
    try:
        yield
    finally:
        if context.job.interrupt is not None:
            raise Interrupted


def png_size(image: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", image[16:24])
    return width, height
