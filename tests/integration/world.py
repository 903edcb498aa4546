"""The small world that a test gives to its daemons: folders, environment and port of their own, and a look at what they leave."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import tempfile
import time
import unittest
from pathlib import Path
from typing import Callable

REPOSITORY = Path(__file__).resolve().parents[2]
DAEMON = os.environ.get("BLENDER_MCPD", str(REPOSITORY / "build" / "dev" / "blender-mcpd"))
BLENDER = os.environ.get("BLENDER_MCPD_TEST_BLENDER", "/usr/bin/blender")
# The deadline of every wait. Reaching it is a failure, never a normal path.
PATIENCE_S = 90.0
# For tests whose scripts make Blender crash, or start something: what stops scripts must let them.
UNHOOKED = {"BLENDER_MCPD_SCRIPT_AUDIT_HOOK": "false"}
UNCONFINED = {**UNHOOKED, "BLENDER_MCPD_BLENDER_SANDBOX": "off"}


def skip_where_a_script_starts_blender() -> None:
    with open(BLENDER, "rb") as file:
        if file.read(2) == b"#!":
            raise unittest.SkipTest(f"{BLENDER} is a script: it needs what a sandbox does not allow")


class World:
    """What daemons of one test share. close() fails when a process or a temporary folder is left."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mcpd-test-"))
        self.temporary = self.folder / "tmp"
        self.home = self.folder / "home"
        for folder in (self.temporary, self.home):
            folder.mkdir()
        # Bound but not listening: connecting is refused, and nobody else can take the port.
        self._reserved = socket.socket()
        self._reserved.bind(("127.0.0.1", 0))
        self.port: int = self._reserved.getsockname()[1]

    def environment(self, **more: str) -> dict[str, str]:
        own_home = os.environ.get("HOME", "/")
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.home), "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": str(self.folder),  # no daemon of another world is attached to
            "LANG": "C.UTF-8",
            # Compiled shaders are kept here; without them a software renderer needs minutes.
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or f"{own_home}/.cache",
            # Tests call more often than people do.
            "BLENDER_MCPD_LIMITS_PER_MINUTE": "1000000", "BLENDER_MCPD_LIMITS_SCRIPTS_PER_MINUTE": "1000000",
            **more,
        }

    def listen(self) -> socket.socket:
        """Makes something listen on the configured port."""
        self._reserved.listen()
        return self._reserved

    def processes(self) -> set[int]:
        """Daemons of this world and their Blenders, known by their TMPDIR."""
        mark = f"TMPDIR={self.temporary}".encode()
        return {int(entry) for entry in os.listdir("/proc")
                if entry.isdigit() and any(value.startswith(mark) for value in _environment_of(entry))}

    def blenders(self) -> set[int]:
        """The Blenders alone, not what they start: their TMPDIR is inside the daemon's private folder, and each leads a
        process group."""
        mark = f"TMPDIR={self.temporary}/".encode()
        return {pid for pid in self.processes()
                if any(value.startswith(mark) for value in _environment_of(str(pid))) and _leads_group(pid)}

    def private_folders(self) -> list[str]:
        return sorted(entry.name for entry in self.temporary.iterdir())

    def close(self) -> None:
        try:
            wait_until(lambda: not self.processes(), lambda: f"processes are left: {describe(self.processes())}", 10)
            left = self.private_folders()
            if left:
                raise AssertionError(f"left in the temporary folder: {left}")
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            self._reserved.close()
            shutil.rmtree(self.folder, ignore_errors=True)


class Signal:
    """Lets a script in Blender tell the test that it got somewhere."""

    def __init__(self, world: World, name: str = "signal") -> None:
        path = world.folder / name
        os.mkfifo(path)
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self.code = f"with open({str(path)!r}, 'w') as fifo: fifo.write('x')\n"

    def wait(self) -> None:
        if not select.select([self._fd], [], [], PATIENCE_S)[0]:
            raise AssertionError("the script never came to its signal")
        os.read(self._fd, 1)

    def close(self) -> None:
        os.close(self._fd)


def wait_until(condition: Callable[[], bool], complaint: str | Callable[[], str], patience: float = PATIENCE_S) -> None:
    """For what announces itself in no other way than by being so."""
    give_up = time.monotonic() + patience
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError(complaint if isinstance(complaint, str) else complaint())
        select.select([], [], [], 0.01)


def running(pid: int) -> bool:
    """False for a zombie too: it does nothing any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def describe(pids: set[int]) -> str:
    def command(pid: int) -> str:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return "?"
    return "; ".join(f"{pid}: {command(pid)}" for pid in sorted(pids))


def _leads_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except OSError:
        return False


def _environment_of(pid: str) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
