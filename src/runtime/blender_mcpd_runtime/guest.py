"""The runtime in a Blender that somebody else has started: it never ends that Blender, and is gone when it is not wanted."""

from __future__ import annotations

import os
import secrets
import sys
from typing import Any

import bpy

from .bootstrap import greeting
from .executor import Executor
from .operations import OPERATIONS
from .pump import Pump
from .server import Server


class GuestServer(Server):
    def __init__(self, executor: Executor, hello: dict[str, Any]) -> None:
        super().__init__(executor, hello)
        self.superseded = False
        self._leaving = False

    def _exit(self) -> None:
        """The reply to `shutdown` is on its way."""
        self._leaving = True
        for job in self._open_jobs:
            if not self._executor.drop(job, "blender-mcpd leaves this Blender"):
                job.mark_interrupted("interrupted")
                self._signal(job)

    def _tick(self) -> float | None:
        due_in = super()._tick()
        unused = self._leaving or (self.superseded and not self._connections)
        if unused and not self._open_jobs:
            self._stop()
        return due_in

    @property
    def in_use(self) -> bool:
        return bool(self._connections)


class Guest:
    def __init__(self, runtime: str) -> None:
        self.session = secrets.token_hex(8)
        self._executor = Executor(OPERATIONS, runtime)
        self.server = GuestServer(self._executor, greeting("guest", runtime))
        self._pump = Pump(self._executor, lambda: self.server.in_use, lambda: self.server.stopped, self._end)
        self.server.start()

    def enter(self, token: str) -> dict[str, Any]:
        self._pump.start()
        self.server.admit(token)
        self.server.superseded = False
        return {"port": self.server.port, "pid": os.getpid(), "session": self.session, "executable": bpy.app.binary_path}

    def _end(self) -> None:
        self._executor.document.remove_handlers()
        self.server.dispose()


_guest: Guest | None = None


def enter(runtime: str, token: str) -> dict[str, Any]:
    """Lets in whoever knows the token; what an earlier daemon has left is used again. Main thread."""
    global _guest
    if _guest is None or _guest.server.stopped:
        _guest = Guest(runtime)
    told = _guest.enter(token)
    for name, module in list(sys.modules.items()):
        if name.startswith("blender_mcpd_runtime_") and name.endswith(".guest") and name != __name__:
            module.supersede()
    return told


def supersede() -> None:
    """There is another version: this one ends when nobody uses it any more."""
    if _guest is not None:
        _guest.server.superseded = True
        _guest.server.wake()
