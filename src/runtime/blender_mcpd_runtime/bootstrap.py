"""Start: read the daemon's line, listen, report, serve."""

from __future__ import annotations

import json
import os
import platform
import threading
import traceback
from os import _exit  # the real one: os._exit is not while a script runs
from typing import TYPE_CHECKING, Any

import bpy

from .encoding import encode

if TYPE_CHECKING:
    from .executor import Executor


def main() -> None:
    settings = json.loads(_read_line(0))
    threading.Thread(target=_exit_with_daemon, name="blender-mcpd-stdin", daemon=True).start()
    ready_fd = settings["ready_fd"]
    try:
        # Imported here, so that a Blender which lacks something is reported like any other failed start.
        from . import audit
        from .executor import Executor
        from .operations import OPERATIONS
        from .seal import seal
        from .server import Server
        from .system_exit import keep_running

        keep_running()
        executor = Executor(OPERATIONS, settings["runtime"], settings.get("recovery"))
        hello = greeting(settings["name"], settings["runtime"], executor)
        server = Server(executor, hello, handover_fd=settings.get("handover_fd"))
        server.admit(settings["token"])
        if "seal" in settings:
            seal(settings["seal"])
        if "audit_hook" in settings:
            audit.arm(settings["audit_hook"]["folders"], (Server._run.__code__, _exit_with_daemon.__code__))
    except BaseException as exc:
        _report(ready_fd, {"error": "".join(traceback.format_exception(type(exc), exc, exc.__traceback__))})
        raise
    server.start()
    _report(ready_fd, {"port": server.port, "hello": hello})
    executor.run()


def greeting(name: str, runtime: str, executor: Executor) -> dict[str, Any]:
    """What the runtime says of itself in its hello."""
    return {"link": 1, "name": name, "pid": os.getpid(), "blender": list(bpy.app.version),
            "background": bpy.app.background, "runtime": runtime, "python": platform.python_version(),
            **executor.document.counter.place()}


def _read_line(fd: int) -> bytes:
    """One line, byte by byte: nothing of what follows may be swallowed by a buffer."""
    line = bytearray()
    while (byte := os.read(fd, 1)) not in (b"", b"\n"):
        line += byte
    return bytes(line)


def _report(fd: int, message: dict[str, Any]) -> None:
    with os.fdopen(fd, "wb") as pipe:
        pipe.write(encode(message) + b"\n")


def _exit_with_daemon() -> None:
    """Blender must not outlive the daemon: end of stdin means that it died."""
    while os.read(0, 4096):
        pass
    _exit(0)
