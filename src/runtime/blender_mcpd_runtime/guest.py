"""The runtime in a Blender that somebody else has started: it never ends that Blender, and is gone when it is not wanted."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from typing import Any

import bpy

from .bootstrap import greeting
from .descriptors import identity
from .executor import Executor
from .job import Job
from .operations import OPERATIONS
from .pump import Pump
from .server import Server
from .system_exit import keep_running


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

    def _stop(self) -> None:
        """From the I/O thread, which ends."""
        for connection in list(self._connections):
            connection.flush()
            self._close(connection)
        self._listener.close()
        self.stopped = True

    def _on_lost_descriptors(self, job: Job) -> None:
        """A script can close everything. What is left of it goes; the daemon brings the runtime anew."""
        self.stopped = True
        for connection in list(self._connections):
            connection.abandon()
        if identity(self._listener.fileno()) == self._own[self._listener.fileno()]:
            self._listener.close()
        else:
            self._listener.detach()  # the number may be somebody else's by now
        # What is closed still lives while the I/O thread polls it. That a descriptor is closed does not wake it, a client does.
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            pass  # it has gone already

    def dispose(self) -> None:
        """Once it has stopped and nobody can wake it any more."""
        for fd in (self._wake_read, self._wake_write):
            if identity(fd) == self._own[fd]:
                os.close(fd)


class Guest:
    def __init__(self, runtime: str) -> None:
        keep_running()
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
        self._executor.renders.remove_handlers()
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
