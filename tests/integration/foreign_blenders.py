"""Blenders that the daemon has not started, with an add-on or what speaks like one, and a way to them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

from client import Json
from virtual_display import Display, WindowedBlender
from world import BLENDER, DAEMON

sys.path.append(str(Path(__file__).resolve().parents[1] / "runtime"))
import harness  # noqa: E402  (needs the path above)

READY = """
import bpy, os
bpy.context.preferences.view.show_splash = False
def ready():
    with os.fdopen(READY, "wb") as pipe:
        pipe.write(b"ready")
bpy.app.timers.register(ready, first_interval=0.5)
"""


class OwnAddonBlender(WindowedBlender):
    """With the add-on that `blender-mcpd addon install` puts into it."""

    def __init__(self, display: Display, runtime_folder: str, other_version: bool = False) -> None:
        super().__init__(display, BLENDER)
        home = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder), "TMPDIR": str(self.folder),
                "XDG_RUNTIME_DIR": runtime_folder}
        subprocess.run([DAEMON, "addon", "install", "--blender", BLENDER, "--enable"], env=home, check=True,
                       capture_output=True, timeout=120)
        if other_version:
            self.change_version()
        if not self.start(READY, (), XDG_RUNTIME_DIR=runtime_folder):
            self.give_up("it does not start")

    def change_version(self) -> None:
        """Of the runtime in the add-on, by another name for the same."""
        version, = self.folder.rglob("blender_mcpd/runtime_version.py")
        package, = version.parent.glob("blender_mcpd_runtime_*")
        package.rename(package.with_name("blender_mcpd_runtime_" + 16 * "e"))
        version.write_text(f"RUNTIME = {64 * 'e'!r}\n")


class Tunnel:
    """To an add-on, and to nothing else: where the runtime listens it says wrong, as from another machine."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._dead = socket.socket()  # nobody listens there
        self._dead.bind(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                threading.Thread(target=self._pass_on, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(far, near, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, changes: bool) -> None:
        wrong = rb'\"port\": %d' % self._dead.getsockname()[1]
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 20):
                target.sendall(re.sub(rb'\\"port\\": [0-9]+', lambda _: wrong, data) if changes else data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        self._dead.close()


LAB_HOST = """
import bpy, importlib, os, sys, types
bpy.context.preferences.view.show_splash = False

def later():
    package = sys.modules["lab_addon"] = types.ModuleType("lab_addon")
    package.__path__ = [ADDON]
    server = importlib.import_module("lab_addon.mcp_to_blender_server")
    server.timer_internal_vars_calc(active=0.25)  # as in its preferences
    server.start("127.0.0.1", 0)
    bpy.app.timers.register(importlib.import_module("lab_addon.execute_interactive").run, persistent=True)
    with os.fdopen(READY, "wb") as pipe:
        pipe.write(b"%d" % server._state.sock.getsockname()[1])

bpy.app.timers.register(later, first_interval=0.5)
"""


class LabBlender(WindowedBlender):
    """With the add-on of the Blender Lab, without its preferences and panel."""

    def __init__(self, display: Display, addon: str) -> None:
        super().__init__(display, BLENDER)
        answer = self.start(f"ADDON = {addon!r}\n" + LAB_HOST)
        if not answer:
            self.give_up("the add-on does not listen")
        self.port = int(answer)


LAB_IN_BACKGROUND = """
import importlib, os, sys, types
package = sys.modules["lab_addon"] = types.ModuleType("lab_addon")
package.__path__ = [ADDON]
server = importlib.import_module("lab_addon.mcp_to_blender_server")
server.start("127.0.0.1", 0)
with os.fdopen(READY, "wb") as pipe:
    pipe.write(b"%d" % server._state.sock.getsockname()[1])
importlib.import_module("lab_addon.execute_blocking").run()
"""


# What speaks as it does, for where it is not at hand.
LIKE_THE_LAB_IN_BACKGROUND = """
import contextlib, io, json, os, socket, traceback
listener = socket.create_server(("127.0.0.1", 0))
with os.fdopen(READY, "wb") as pipe:
    pipe.write(b"%d" % listener.getsockname()[1])

def answer(request):
    if request.get("type") != "execute":
        return {"status": "error", "message": f"Unknown request type: {request.get('type')!r}"}
    namespace, out = {"result": {}}, io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(request["code"], namespace)
    except Exception:
        return {"status": "error", "message": traceback.format_exc(), "stdout": out.getvalue()}
    return {"status": "ok", "result": namespace["result"], "stdout": out.getvalue()}

while True:
    client, _ = listener.accept()
    with client, contextlib.suppress(OSError, ValueError):
        data = b""
        while not data.endswith(b"\\0") and (more := client.recv(65536)):
            data += more
        if data.endswith(b"\\0"):
            client.sendall(json.dumps(answer(json.loads(data[:-1]))).encode() + b"\\0")
"""


class LabInBackground(WindowedBlender):
    def __init__(self, addon: str | None) -> None:
        super().__init__(NoDisplay(), BLENDER)
        script = f"ADDON = {addon!r}\n" + LAB_IN_BACKGROUND if addon else LIKE_THE_LAB_IN_BACKGROUND
        answer = self.start(script, ("--background", "--factory-startup"))
        if not answer:
            self.give_up("the add-on does not listen")
        self.port = int(answer)


class NoDisplay:
    name = ""


class SeedPeer(socketserver.ThreadingTCPServer):
    """Speaks the seed dialect, and has what is asked done by the runtime in a Blender without a window."""

    daemon_threads = True

    def __init__(self) -> None:
        self._blender = harness.Blender()
        self._runtime = harness.Client(self._blender.port)
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), SeedConversation)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, command: str, data: Json) -> Json:
        with self._lock:
            try:
                return {"success": True, "data": self._runtime.call(command, **data)}
            except harness.OpFailed as failed:
                return {"success": False, "error": failed.error["message"]}

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._runtime.close()
        self._blender.stop()


class SeedConversation(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        text = b""
        while data := self.request.recv(65536):
            text += data
            with contextlib.suppress(ValueError):
                asked = json.loads(text)
                text = b""
                self.request.sendall(json.dumps(self.server.answer(asked["command"], asked.get("data", {}))).encode())
