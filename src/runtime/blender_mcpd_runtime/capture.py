"""stdout and stderr of a script: kept up to a limit, the beginning and the end."""

from __future__ import annotations

import io
import sys
from collections import deque
from contextlib import contextmanager
from typing import Iterator

HEAD_CHARS = 50_000
TAIL_CHARS = 50_000


class CappedText(io.TextIOBase):
    """A write-only text stream that remembers its first and last characters and counts the rest."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._head: list[str] = []
        self._head_room = HEAD_CHARS
        self._tail: deque[str] = deque()
        self._tail_chars = 0
        self._left_out = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() takes str, not {type(text).__name__}")
        head, tail = text[:self._head_room], text[self._head_room:]
        if head:
            self._head.append(head)
            self._head_room -= len(head)
        if tail:
            self._tail.append(tail)
            self._tail_chars += len(tail)
            self._drop_middle()
        return len(text)

    def _drop_middle(self) -> None:
        while (excess := self._tail_chars - TAIL_CHARS) > 0:
            first = self._tail.popleft()
            if len(first) > excess:
                self._tail.appendleft(first[excess:])
            dropped = min(excess, len(first))
            self._left_out += dropped
            self._tail_chars -= dropped

    def text(self) -> str:
        gap = f"\n… [{self._left_out} characters left out] …\n" if self._left_out else ""
        return "".join(self._head) + gap + "".join(self._tail)


@contextmanager
def captured() -> Iterator[tuple[CappedText, CappedText]]:
    """Everything that Python prints inside the block. Blender's own messages go to the process' stdout."""
    out, err = CappedText(), CappedText()
    saved = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = saved
