"""Tells connections that asked for it that the scene has changed: a few times a second, never waiting for anybody."""

from __future__ import annotations

import threading
from typing import Any, Callable, Iterable

import bpy

from .connection import Connection
from .replies import event

# Who needs more names than these reads the scene again anyway.
MAX_NAMES = 256
# Between two events on one connection; what happens meanwhile goes into the second.
INTERVAL_S = 0.2

_KINDS = ((bpy.types.Light, "light"), (bpy.types.Curve, "curve"), (bpy.types.NodeTree, "node_group"))


def label(block: Any) -> str:
    """A data-block as changes name it: an object by its name, others as "material:Steel"."""
    if isinstance(block, bpy.types.Object):
        return block.name
    kind = next((kind for base, kind in _KINDS if isinstance(block, base)), type(block).__name__.lower())
    return f"{kind}:{block.name}"


class News:
    """What has changed since somebody was told last."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.more = False             # something has changed that is not in `names`
        self.file: str | None = None  # the open file, when one was opened or it got another path

    def add(self, names: Iterable[str]) -> None:
        for name in names:
            if len(self.names) < MAX_NAMES:
                self.names[name] = None
            elif name not in self.names:
                self.more = True
                return

    def merge(self, later: News) -> None:
        self.add(later.names)
        self.more = self.more or later.more
        if later.file is not None:
            self.file = later.file


class _Watcher:
    def __init__(self) -> None:
        self.news: News | None = None
        self.next_event = 0.0


class SceneFeed:
    """Whoever changes the scene publishes, the I/O thread sends. Each connection has its own news, so that one which
    does not read costs a bounded amount of memory and nobody's time."""

    def __init__(self) -> None:
        self.wake: Callable[[], None] = lambda: None  # the I/O thread, to call deliver()
        self._lock = threading.Lock()
        self._watchers: dict[Connection, _Watcher] = {}
        self._generation = 0

    def publish(self, generation: int, news: News) -> None:
        """From any thread."""
        somebody_slept = False
        with self._lock:
            self._generation = generation
            for watcher in self._watchers.values():
                if watcher.news is None:
                    watcher.news = News()
                    somebody_slept = True
                watcher.news.merge(news)
        if somebody_slept:
            self.wake()

    # I/O thread

    def add(self, connection: Connection) -> None:
        with self._lock:
            self._watchers.setdefault(connection, _Watcher())

    def remove(self, connection: Connection) -> None:
        with self._lock:
            self._watchers.pop(connection, None)

    def deliver(self, now: float) -> float | None:
        """Sends what is due and returns when something else will be; None when nothing will. A connection that has not
        taken its last event is looked at again when it has: the I/O thread notices that by itself."""
        due: list[tuple[Connection, News]] = []
        later: list[float] = []
        with self._lock:
            generation = self._generation
            for connection, watcher in self._watchers.items():
                if watcher.news is None or connection.has_unsent:
                    continue
                if watcher.next_event > now:
                    later.append(watcher.next_event)
                    continue
                due.append((connection, watcher.news))
                watcher.news = None
                watcher.next_event = now + INTERVAL_S
        for connection, news in due:
            connection.send(_event(generation, news))
        return min(later, default=None)


def _event(generation: int, news: News) -> bytes:
    members: dict[str, Any] = {"gen": generation, "changed": list(news.names)}
    if news.more:
        members["more"] = True
    if news.file is not None:
        members["file"] = news.file
    return event("scene", members)
