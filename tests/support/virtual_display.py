"""A display that nobody sees, and Blenders with windows on it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Sequence

PATIENCE_S = 60.0


class Display:
    """A virtual display for Blenders with windows. SkipTest where there is none to be had."""

    def __init__(self) -> None:
        program = shutil.which("Xvfb")
        if program is None:
            raise unittest.SkipTest("Xvfb is not installed (scripts/setup test)")
        read, write = os.pipe()
        command = [program, "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
        self._process = subprocess.Popen(command, pass_fds=(write,), stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            number = pipe.readline().decode().strip() if select.select([pipe], [], [], PATIENCE_S)[0] else ""
        if not number:
            self.stop()
            raise unittest.SkipTest("Xvfb does not start here")
        self.name = f":{number}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def gui_environment(display: Display, folder: Path, blender: str) -> dict[str, str]:
    """For a Blender that keeps what it writes in this folder, but for its compiled shaders, which take long to make. Each
    Blender has its own: those of another Mesa end it by SIGBUS now and then."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blender-mcpd" / "gui" / Path(blender).name
    cache.mkdir(parents=True, exist_ok=True)
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "TMPDIR": str(folder), "HOME": str(folder), "LANG": "C.UTF-8",
            "DISPLAY": display.name, "XDG_CACHE_HOME": str(cache)}


class WindowedBlender:
    """One with a window, and a folder of its own."""

    def __init__(self, display: Display, executable: str) -> None:
        self._display, self._executable = display, executable
        self.folder = Path(tempfile.mkdtemp(prefix="blender-mcpd-test-"))

    def start(self, script: str, options: Sequence[str] = ("--factory-startup",), **env: str) -> str:
        """Has it run the script, which finds in READY the number of a pipe to write to when it is ready. Returns what it
        wrote; nothing, when that took too long or it has ended."""
        ready_read, ready_write = os.pipe()
        host = self.folder / "host.py"
        host.write_text(f"READY = {ready_write}\n" + script)
        self._log = open(self.folder / "blender.log", "wb")
        self.process = subprocess.Popen([self._executable, *options, "--python", str(host)],
                                        env={**gui_environment(self._display, self.folder, self._executable), **env},
                                        stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                                        pass_fds=(ready_write,), cwd=self.folder, start_new_session=True)
        os.close(ready_write)
        with os.fdopen(ready_read, "rb") as pipe:
            return pipe.read().decode() if select.select([pipe], [], [], PATIENCE_S)[0] else ""

    def output(self) -> str:
        return (self.folder / "blender.log").read_text("utf-8", "replace")

    def give_up(self, complaint: str) -> None:
        output = self.output()
        self.stop()
        raise RuntimeError(f"{complaint} (exit code {self.process.returncode}):\n{output}")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
