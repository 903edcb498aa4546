"""Keeps the runtime in this Blender for as long as the user wants it, and knows what the panel shows."""

from __future__ import annotations

import atexit
import errno
import importlib
import os
import secrets
import sys
import textwrap
import time
import traceback
from datetime import datetime, timezone
from typing import Any, Callable

import bpy

from . import descriptor
from .runtime_version import RUNTIME

RUNTIME_PACKAGE = f"blender_mcpd_runtime_{RUNTIME[:16]}"
# Between two looks at what has changed.
LOOK_S = 0.5
# Between two attempts to get a port that somebody else has.
RETRY_S = 5.0
# After Blender has its window.
FIRST_LOOK_S = 0.1
MAX_CLIENT_LINES = 10
# Characters that a sidebar of the usual width shows.
LINE_LENGTH = 38


class Service:
    """Main thread only."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.token = ""          # of the runtime that listens
        self.problem = ""        # why it does not listen although it is wanted
        self._idle = "Not started"  # what to say when it is not wanted
        self._guest: Any = None  # blender_mcpd_runtime.guest.Guest
        self._descriptor = descriptor.Descriptor()
        self._undiscovered = ""  # why the descriptor could not be written
        self._started = ""
        self._retry_at = 0.0
        self._seen: Any = None   # what the panel has shown
        self._clients: list[str] = []
        self._calls: list[tuple[str, str, bool]] = []
        self._calls_seen = -1
        self._preferences: Callable[[], Any] = lambda: None
        # Blender knows a timer by the identity of its function.
        self._first_look, self._look = self._begin, self._tick

    # For the add-on

    def begin(self, preferences: Callable[[], Any]) -> None:
        self._preferences = preferences
        atexit.register(self._descriptor.remove)
        # In the background nothing turns Blender's loop, and so nobody would be served.
        if not bpy.app.background:
            bpy.app.timers.register(self._first_look, first_interval=FIRST_LOOK_S, persistent=True)

    def end(self) -> None:
        for timer in (self._first_look, self._look):
            if bpy.app.timers.is_registered(timer):
                bpy.app.timers.unregister(timer)
        self._leave()
        self.is_wanted, self.problem, self._idle = False, "", "Not started"
        atexit.unregister(self._descriptor.remove)

    def start(self) -> None:
        self.is_wanted = True
        if bpy.app.background:
            self.is_wanted = False
            self.problem = "A Blender in the background serves nobody. blender-mcpd starts one of its own when it needs it"
            return
        if not bpy.app.timers.is_registered(self._look):
            bpy.app.timers.register(self._look, first_interval=LOOK_S, persistent=True)
        self._listen()
        self._show()

    def stop(self, why: str) -> None:
        """Ends what runs."""
        self.is_wanted, self.problem, self._idle = False, "", why
        self._leave()
        self._show()

    # For the panel

    def status_lines(self) -> list[tuple[str, str]]:
        """Text and icon."""
        if self._guest is not None:
            lines = [(f"Listening on 127.0.0.1:{self._guest.server.port}", "CHECKMARK")]
            if self._undiscovered:
                lines += [("blender-mcpd cannot find it:", "ERROR"), *_wrapped(self._undiscovered)]
            return lines
        if self.problem:
            return [("Not listening:", "ERROR"), *_wrapped(self.problem)]
        return [(self._idle, "RADIOBUT_OFF")]

    def client_lines(self) -> list[str]:
        return self._clients

    def call_lines(self) -> list[tuple[str, str, bool]]:
        """The latest first: what, how long, and whether it has failed."""
        return self._calls

    # The runtime

    def _listen(self) -> None:
        """Also when a runtime of this version is there already, by way of another add-on: then that one stays."""
        if sys.platform != "linux":
            self.problem = "This version works on Linux alone"
            return
        chosen = self._preferences()
        port = chosen.port if chosen is not None else 0
        self._retry_at = time.monotonic() + RETRY_S
        try:
            known = sys.modules.get(RUNTIME_PACKAGE + ".guest")
            guest = known or importlib.import_module(f".{RUNTIME_PACKAGE}.guest", __package__)
            token = secrets.token_hex(32)
            self._guest = guest.stay(RUNTIME, token, port)
        except ImportError:
            self.problem = "The add-on was replaced or removed meanwhile: restart Blender"
            return
        except OSError as error:
            self.problem = f"Port {port} is taken by another program" if error.errno == errno.EADDRINUSE else str(error)
            return
        self.token, self.problem = token, ""
        self._started = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._calls_seen = -1
        self._tell()
        if not self._undiscovered:
            descriptor.remove_of_the_dead()

    def _tell(self) -> None:
        try:
            self._descriptor.write({
                "link": 1, "port": self._guest.server.port, "token": self.token, "pid": os.getpid(),
                "session": self._guest.session, "runtime": RUNTIME, "blender": list(bpy.app.version),
                "executable": bpy.app.binary_path, "background": bpy.app.background, "file": bpy.data.filepath,
                "origin": "addon", "started": self._started})
            self._undiscovered = ""
        except OSError as error:
            self._undiscovered = str(error)

    def _leave(self) -> None:
        if self._guest is not None:
            self._guest.server.leave()
        self._let_go()

    def _let_go(self) -> None:
        self._descriptor.remove()
        self._guest, self.token = None, ""

    def _begin(self) -> None:
        try:
            chosen = self._preferences()
            if not self.is_wanted and (chosen is None or chosen.start_with_blender):
                self.start()
        except Exception:
            traceback.print_exc()

    def _tick(self) -> float | None:
        if not self.is_wanted:
            return None
        try:
            self._check()
            self._show()
        except Exception:  # what gets out ends the timer for good
            traceback.print_exc()
        return LOOK_S

    def _check(self) -> None:
        if self._guest is not None:
            server = self._guest.server
            if server.leaving:
                self._let_go()
                self.is_wanted, self._idle = False, "Stopped by a client, or in the console"
            elif server.stopped:  # a script has closed what the runtime needs
                self._let_go()
                self._retry_at = 0.0
        if not self.is_wanted:
            return
        if self._guest is not None:
            self._tell()
        elif time.monotonic() >= self._retry_at:
            self._listen()

    def _show(self) -> None:
        """Puts together what the panel shows, and has it drawn when that is something new."""
        clients = _counted(self._guest.server.clients()) if self._guest is not None else []
        if self._guest is not None and self._guest.activity.count != self._calls_seen:
            self._calls_seen = self._guest.activity.count
            self._calls = [_line(call) for call in reversed(list(self._guest.activity.calls))]
        seen = (self.is_wanted, self.status_lines(), clients, self._calls_seen)
        if seen != self._seen:
            self._seen, self._clients = seen, clients
            _redraw()


def _wrapped(text: str) -> list[tuple[str, str]]:
    return [(line, "NONE") for line in textwrap.wrap(text, LINE_LENGTH)]


def _counted(clients: list[str]) -> list[str]:
    lines = [f"{client} ({clients.count(client)} connections)" if clients.count(client) > 1 else client
             for client in dict.fromkeys(clients)]
    more = len(lines) - MAX_CLIENT_LINES
    return lines if more <= 0 else [*lines[:MAX_CLIENT_LINES], f"and {more} more"]


def _line(call: Any) -> tuple[str, str, bool]:
    took = f"{call.ms / 1000:.1f} s" if call.ms >= 1000 else f"{call.ms:.0f} ms"
    return f"{call.op}: {call.error}" if call.error else call.op, took, bool(call.error)


def _redraw() -> None:
    """The sidebars that may show the tab."""
    for window in bpy.context.window_manager.windows if not bpy.app.background else ():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


service = Service()
