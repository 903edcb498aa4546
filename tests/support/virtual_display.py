"""A display that nobody sees, for Blenders with windows."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import unittest
from pathlib import Path

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
