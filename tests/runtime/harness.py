"""Starts a Blender the way the daemon does, and talks link v1 to it."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from virtual_display import Display, WindowedBlender  # noqa: E402

RUNTIME = Path(__file__).resolve().parents[2] / "src" / "runtime"
HEADER = struct.Struct(">II")
TOKEN = "0123456789abcdef"
RUNTIME_HASH = "f" * 64
# A deadline for waits that should end at once; reaching it is a failure, never a normal path.
PATIENCE_S = 60.0


class Blender:
    """One Blender process serving the runtime."""

    def __init__(self, blend_file: str | None = None, recovery: dict[str, Any] | None = None,
                 audit_hook: bool = False, handover: bool = False) -> None:
        """`recovery`: what the daemon tells recovery.py, apart from the folder. With `audit_hook` scripts may write below
        `folder` alone. With `handover` it is reached by `connect`, and has no port."""
        self.folder = Path(tempfile.mkdtemp(prefix="blender-mcpd-test-"))
        runtime = self.folder / "runtime"
        shutil.copytree(RUNTIME, runtime, ignore=shutil.ignore_patterns("__pycache__"))
        ready_read, ready_write = os.pipe()
        executable = os.environ.get("BLENDER_MCPD_TEST_BLENDER", "/usr/bin/blender")
        command = [executable, "--background", "--factory-startup", *([blend_file] if blend_file else []),
                   "--python", str(runtime / "start.py")]
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TMPDIR": str(self.folder), "HOME": str(self.folder),
               "LANG": "C.UTF-8"}
        self._near_end, self._far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        far_end = self._far_end.fileno()
        self.log = open(self.folder / "blender.log", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.log, stderr=self.log,
                                        env=env, pass_fds=(ready_write, self._far_end.fileno()), cwd=self.folder)
        os.close(ready_write)
        self._far_end.close()
        line: dict[str, Any] = {"token": TOKEN, "ready_fd": ready_write, "runtime": RUNTIME_HASH, "name": "test"}
        if recovery is not None:
            line["recovery"] = {"folder": str(self.folder / "recovery"), "life": 1, "keep": 3, **recovery}
        if handover:
            line["handover_fd"] = far_end
        if audit_hook:
            line["audit_hook"] = {"folders": [str(self.folder)]}
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        self.ready = self._read_ready(ready_read)
        self.port: int = self.ready.get("port", 0)

    def connect(self) -> socket.socket:
        near, far = socket.socketpair()
        with far:
            socket.send_fds(self._near_end, [b"c"], [far.fileno()])
        near.settimeout(PATIENCE_S)
        return near

    def _read_ready(self, fd: int) -> dict[str, Any]:
        with os.fdopen(fd, "rb") as pipe:
            if not select.select([pipe], [], [], PATIENCE_S)[0]:
                self.stop()
                raise TimeoutError("Blender did not become ready")
            line = pipe.readline()
        if not line:
            raise RuntimeError("Blender ended before it was ready:\n" + self.output())
        return json.loads(line)

    def output(self) -> str:
        return (self.folder / "blender.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self._near_end.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# What an add-on does with the text that the daemon sends: execute it, and keep what it prints.
HOST = """
import bpy, contextlib, io, os, sys
bpy.context.preferences.view.show_splash = False

def execute(path):
    out = io.StringIO()
    with open(path) as file, contextlib.redirect_stdout(out):
        exec(file.read(), {"bpy": bpy})
    return out.getvalue()

def asked():
    if os.path.exists(TEXT + ".asked"):
        os.rename(TEXT + ".asked", TEXT + ".code")
        answer = execute(TEXT + ".code")
        with open(TEXT + ".new", "w") as file:
            file.write(answer)
        os.rename(TEXT + ".new", TEXT + ".answer")
    return 0.1

bpy.app.timers.register(asked, persistent=True)

def later():
    exec(open(EXTRA).read(), {"bpy": bpy, "execute": execute})
    with os.fdopen(READY, "wb") as pipe:
        pipe.write(execute(TEXT).encode())

bpy.app.timers.register(later, first_interval=0.5)
"""


def install_text(token: str = TOKEN, runtime: str = RUNTIME_HASH) -> str:
    """As the daemon sends it to an add-on."""
    package = RUNTIME / "blender_mcpd_runtime"
    given = {"package": f"blender_mcpd_runtime_{runtime[:16]}", "runtime": runtime, "token": token, "mark": "MARK",
             "files": {path.name: path.read_text("utf-8") for path in package.glob("*.py")}}
    return f"given = __import__('json').loads({json.dumps(json.dumps(given))})\n" + (RUNTIME / "install.py").read_text("utf-8")


def between_marks(text: str) -> dict[str, Any]:
    return json.loads(text.split("MARK")[1])


class GuiBlender(WindowedBlender):
    """One Blender with a window, of which the runtime is a guest. `before` is run in it before the runtime comes."""

    def __init__(self, display: Display, before: str = "") -> None:
        super().__init__(display, os.environ.get("BLENDER_MCPD_TEST_BLENDER", "/usr/bin/blender"))
        self._text = self.folder / "install.txt"
        self._text.write_text(install_text())
        extra = self.folder / "extra.py"
        extra.write_text(before)
        answer = self.start(f"TEXT, EXTRA = {str(self._text)!r}, {str(extra)!r}\n" + HOST)
        if "MARK" not in answer:
            self.give_up(f"the runtime was not installed: {answer}")
        self.entered = between_marks(answer)
        self.port: int = self.entered["port"]

    def execute(self, code: str) -> str:
        """As an add-on of the user's does it, outside of any command. Returns what it printed."""
        asked, answer = (Path(f"{self._text}.{name}") for name in ("asked", "answer"))
        Path(f"{self._text}.draft").write_text(code)
        Path(f"{self._text}.draft").rename(asked)
        give_up = time.monotonic() + PATIENCE_S
        while not answer.exists():
            if time.monotonic() > give_up or self.process.poll() is not None:
                raise TimeoutError("Blender does not execute anything\n" + self.output())
            time.sleep(0.01)
        printed = answer.read_text()
        answer.unlink()
        return printed

    def enter_again(self) -> dict[str, Any]:
        """Has the host execute the daemon's text once more."""
        return between_marks(self.execute(self._text.read_text()))


class OpFailed(Exception):
    """An error reply."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['kind']}: {error.get('message')}\n{error.get('traceback', '')}")
        self.error = error
        self.kind: str = error["kind"]


class Client:
    """A blocking link client. Events and replies to other ids are kept until somebody asks for them."""

    def __init__(self, where: int | socket.socket, hello: dict[str, Any] | None = None) -> None:
        """`where`: a port, or a connection."""
        if isinstance(where, socket.socket):
            self.sock = where
        else:
            self.sock = socket.create_connection(("127.0.0.1", where), timeout=PATIENCE_S)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.events: list[dict[str, Any]] = []
        self._replies: dict[int, tuple[dict[str, Any], bytes]] = {}
        self._last_id = 0
        self.send({"hello": hello or {"link": 1, "token": TOKEN, "name": "tests", "pid": os.getpid()}})
        self.hello = self.read()[0]["hello"]

    def send(self, message: dict[str, Any], blob: bytes = b"") -> None:
        body = json.dumps(message).encode()
        self.sock.sendall(HEADER.pack(len(body), len(blob)) + body + blob)

    def read(self) -> tuple[dict[str, Any], bytes]:
        json_bytes, blob_bytes = HEADER.unpack(self._read_exactly(HEADER.size))
        return json.loads(self._read_exactly(json_bytes), parse_constant=_refuse), self._read_exactly(blob_bytes)

    def _read_exactly(self, count: int) -> bytes:
        chunks = bytearray()
        while len(chunks) < count:
            data = self.sock.recv(count - len(chunks))
            if not data:
                raise ConnectionError("closed by Blender")
            chunks += data
        return bytes(chunks)

    def start(self, op: str, args: dict[str, Any] | None = None, **members: Any) -> int:
        """Sends a request and returns its id."""
        self._last_id += 1
        message = {"id": self._last_id, "uuid": str(uuid.uuid4()), "op": op, "args": args or {}, **members}
        self.send(message)
        return self._last_id

    def reply(self, request_id: int) -> tuple[dict[str, Any], bytes]:
        while request_id not in self._replies:
            message, blob = self.read()
            if "event" in message:
                self.events.append(message)
            else:
                self._replies[message["id"]] = (message, blob)
        return self._replies.pop(request_id)

    def request(self, op: str, args: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
        """The whole reply."""
        return self.reply(self.start(op, args, **members))[0]

    def call(self, op: str, **args: Any) -> Any:
        """The result; OpFailed for an error reply."""
        return self.call_blob(op, **args)[0]

    def call_blob(self, op: str, **args: Any) -> tuple[Any, bytes]:
        reply, blob = self.reply(self.start(op, args))
        if not reply["ok"]:
            raise OpFailed(reply["error"])
        return reply["result"], blob

    def run(self, code: str, **args: Any) -> Any:
        """The value of `result` after a script."""
        return self.call("execute_blender_code", code=code, **args)["result"]

    def close(self) -> None:
        self.sock.close()


class Gate:
    """Holds a script until the test lets it go on."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._fd: int | None = None
        # The script's side: opening blocks until the test opens the other end.
        self.code = f"open({str(path)!r}).close()"

    def open(self) -> None:
        """Stays open: a script that comes later passes too."""
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def close(self) -> None:
        self.open()
        os.close(self._fd)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} in a reply")


class BlenderTestCase(unittest.TestCase):
    """One Blender for the class; one connection and the default scene (Camera, Cube, Light) for each test."""

    blender: Blender

    @classmethod
    def setUpClass(cls) -> None:
        cls.blender = Blender()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.blender.stop()

    def setUp(self) -> None:
        self.client = self.connect()
        self.client.call("manage_file", action="new", discard_changes=True)

    def connect(self) -> Client:
        client = Client(self.blender.port)
        self.addCleanup(client.close)
        return client

    def path(self, name: str) -> str:
        """In a folder of the user's, as it were; removed after the test."""
        folder = self.blender.folder / "users files"
        folder.mkdir(exist_ok=True)
        path = folder / name
        self.addCleanup(path.unlink, missing_ok=True)
        return str(path)

    def wait_for_state(self, state: str, request_uuid: str) -> None:
        """Asks, on a connection of its own, until the command is in that state."""
        client = self.connect()
        give_up = time.monotonic() + PATIENCE_S
        while client.call("outcome", uuid=request_uuid)["state"] != state:
            if time.monotonic() > give_up:
                self.fail(f"the command never was {state}")
            time.sleep(0.002)

    def gate(self) -> Gate:
        gate = Gate(self.blender.folder / f"gate-{uuid.uuid4()}")
        self.addCleanup(gate.close)
        return gate

    def object(self, name: str, *include: str) -> dict[str, Any]:
        return self.client.call("get_object_info", names=[name], include=list(include))["objects"][0]

    def materials(self) -> list[str]:
        """Without the one for grease pencil, which some versions add to the default scene."""
        return self.client.run("result = [name for name in D.materials.keys() if name != 'Dots Stroke']")

    def assertVector(self, actual: list[float], expected: list[float]) -> None:
        self.assertEqual(len(actual), len(expected))
        for a, b in zip(actual, expected):
            self.assertAlmostEqual(a, b, 4, f"{actual} is not {expected}")

    def assertFails(self, kind: str, op: str, args: dict[str, Any], field: str | None = None) -> dict[str, Any]:
        """The error of a call that must fail with that kind and field."""
        with self.assertRaises(OpFailed) as caught:
            self.client.call(op, **args)
        self.assertEqual(caught.exception.kind, kind, caught.exception.error)
        if field is not None:
            self.assertEqual(caught.exception.error.get("field"), field, caught.exception.error)
        return caught.exception.error
