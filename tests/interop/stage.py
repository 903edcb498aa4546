"""Where a client or a server runs: its folders, the servers' command lines, and the check that nothing stays.

The test process adopts the orphans of everything that it starts, so a daemon or a Blender that outlives its client
becomes its child, whatever happened in between.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
DAEMON = os.environ.get("BLENDER_MCPD") or str(HERE.parents[1] / "build" / "dev" / "blender-mcpd")
# The daemon's protocol and transports with the fixtures of the conformance suite instead of tools; it needs no Blender.
FIXTURES = str(Path(DAEMON).with_name("blender-mcpd-conformance"))
# For waits that should be short; reaching it is a failure, never a normal path.
PATIENCE_S = 90.0
# Time for what is ending already.
END_S = 20.0

PR_SET_CHILD_SUBREAPER = 36


class Stage:
    """The folders of one run of a client or a server, and the processes that it leaves."""

    def __init__(self) -> None:
        for program in (DAEMON, FIXTURES):
            if not os.access(program, os.X_OK):
                raise FileNotFoundError(f"there is no {program} to test: build it, or set BLENDER_MCPD")
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
        self._others = _children()
        self.folder = Path(tempfile.mkdtemp(prefix="blender-mcpd-interop-"))
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        (self.folder / "config").mkdir()

    def environment(self) -> dict[str, str]:
        """What a server gets beyond the few variables that a client hands on by itself."""
        return {"TMPDIR": str(self.temporary), "XDG_CONFIG_HOME": str(self.folder / "config"), "LANG": "C.UTF-8",
                "XDG_RUNTIME_DIR": str(self.folder),  # no other daemon is attached to
                # Tests ask again and again until something is as it should be.
                "BLENDER_MCPD_LIMITS_PER_MINUTE": "1000000", "BLENDER_MCPD_LIMITS_SCRIPTS_PER_MINUTE": "1000000",
                # Ordinary scripts run all the same.
                "BLENDER_MCPD_SCRIPT_POLICY": "ask"}

    def close(self) -> None:
        """Call it when what ran here has ended. Fails when something is left of what it had made."""
        processes = _end_of_children(self._others)
        files = sorted(str(path.relative_to(self.temporary)) for path in self.temporary.iterdir())
        shutil.rmtree(self.folder, ignore_errors=True)
        if processes or files:
            raise AssertionError(f"left after the end: processes {processes}, temporary files {files}")


def product_command() -> list[str]:
    return [DAEMON, "--launch", "always", "--blender", _blender()]


def tampered_command() -> list[str]:
    """A daemon that breaks its own output schema."""
    return [sys.executable, str(HERE / "tampered_daemon.py"), *product_command()]


def _blender() -> str:
    blender = os.environ.get("BLENDER_MCPD_TEST_BLENDER") or shutil.which("blender")
    if blender is None:
        raise unittest.SkipTest("there is no Blender")
    return blender


def descendants(pid: int) -> set[int]:
    """The processes that it started, and those that they started."""
    parents = _parents()
    found: set[int] = set()
    generation = {pid}
    while generation := {child for child, parent in parents.items() if parent in generation}:
        found |= generation
    return found


def ends(pid: int, deadline: float) -> bool:
    """Waits for a process, whoever's child it is. False when it still runs at the deadline."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0])
    finally:
        os.close(descriptor)


def _end_of_children(others: set[int]) -> list[str]:
    """Waits until no child but the others is left. Returns the command lines of those that had to be killed."""
    deadline = time.monotonic() + END_S
    killed = []
    while children := _children() - others:
        for pid in children:
            command = _command_line(pid)
            if not ends(pid, deadline):
                killed.append(command)
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return killed


def _children() -> set[int]:
    """Living and dead ones that nobody has waited for."""
    return {child for child, parent in _parents().items() if parent == os.getpid()}


def _parents() -> dict[int, int]:
    """Of all processes."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text("utf-8", "replace")
        except OSError:  # it has ended meanwhile
            continue
        # pid (name) state parent ...; the name may contain anything.
        found[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return found


def _command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip() or "?"
