"""Starts what is tested, learns its address, and sees to it that nothing of it stays."""

from __future__ import annotations

import ctypes
import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

START_S = 60.0
END_S = 30.0
LOG_TAIL = 4000
PR_SET_CHILD_SUBREAPER = 36


def announced_url(log: str) -> str | None:
    """Where a server says in its log that it listens."""
    found = re.search(r"listening on (http://127\.0\.0\.1:\d+\S*)", log)
    return found[1] if found else None


class Server:
    """A process that serves MCP over HTTP until it is stopped. What it prints goes to a log in its folder."""

    def __init__(self, command: list[str], folder: Path) -> None:
        folder.mkdir(parents=True)
        for name in ("home", "tmp"):
            (folder / name).mkdir()
        self.folder = folder
        self._log = folder / "server.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                                             env=_environment(folder), start_new_session=True)

    def url(self) -> str:
        """Waits for it. Fails when the process ends, or says nothing in time."""
        give_up = time.monotonic() + START_S
        while time.monotonic() < give_up:
            if found := announced_url(self._log.read_text("utf-8", "replace")):
                return found
            if self._process.poll() is not None:
                raise RuntimeError(f"it ended with exit code {self._process.returncode}:\n{self.log()}")
            select.select([], [], [], 0.05)
        raise RuntimeError(f"it did not say within {START_S:.0f} s where it listens:\n{self.log()}")

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")[-LOG_TAIL:]

    def stop(self) -> list[str]:
        """Ends it the polite way. What was wrong with that, one line each."""
        found = []
        if self._process.poll() is not None:
            found.append(f"it ended before it was told to, with exit code {self._process.returncode}")
        else:
            self._process.terminate()
            try:
                if code := self._process.wait(END_S):
                    found.append(f"its exit code was {code}")
            except subprocess.TimeoutExpired:
                found.append(f"it did not end within {END_S:.0f} s of SIGTERM")
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        found += [f"it left a process: {command}" for command in end_of_orphans()]
        found += [f"it left a temporary file: {path.name}" for path in (self.folder / "tmp").iterdir()]
        return found


def adopt_orphans() -> None:
    """From now on what our children leave behind becomes ours."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def end_of_orphans() -> list[str]:
    """To be called when no child should be left: ends those that are, and tells their command lines."""
    found = []
    while children := _children():
        for pid in children:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
            if command:  # a process that has ended has none
                found.append(command)
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return found


def _children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()]


def _environment(folder: Path) -> dict[str, str]:
    """The daemon is to read nobody's configuration; the suite asks faster than people do."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"), "BLENDER_MCPD_LIMITS_PER_MINUTE": "1000000"}
