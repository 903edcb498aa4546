"""What the commands of one document are run in: folders and ports of their own, and a daemon where they want one."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "integration"))

from tables import PLACEHOLDERS
from world import BLENDER, DAEMON, PATIENCE_S, REPOSITORY, World, wait_until

_SERVES = re.compile(r"blender-mcpd serve\b")
_TO_THE_DAEMON = "http://127.0.0.1:9877"


class Stage:
    def __init__(self) -> None:
        self.world = World()
        self.folder = self.world.folder / "here"
        self._daemon: subprocess.Popen[str] | None = None
        self._log = self.world.folder / "serve.log"
        for place in ("bin/blender-mcpd", "here/build/dev/blender-mcpd", "here/build/release/blender-mcpd", "here/build/bench/blender-mcpd"):
            (self.world.folder / place).parent.mkdir(parents=True, exist_ok=True)
            (self.world.folder / place).symlink_to(DAEMON)
        (self.folder / "docs").mkdir()
        (self.folder / "scripts").symlink_to(REPOSITORY / "scripts")
        (self.folder / "config").symlink_to(REPOSITORY / "config")
        (self.folder / "script.py").write_text("import bpy\nbpy.ops.mesh.primitive_cube_add()\n")
        (self.folder / "studio.toml").write_text("[blender]\nlaunch = \"auto\"\n")
        # Takes every wish: what is asked of the real one, tests/packaging shows.
        systemctl = self.world.folder / "bin" / "systemctl"
        systemctl.write_text("#!/bin/sh\nexit 0\n")
        systemctl.chmod(0o755)

    def environment(self) -> dict[str, str]:
        env = self.world.environment(BLENDER_MCPD_BLENDER_PORT=str(self.world.port), BLENDER_MCPD_BLENDER_EXECUTABLE=BLENDER,
                                     BLENDER_MCPD_HTTP_PORT="0")
        return {**env, "PATH": f"{self.world.folder}/bin:{env['PATH']}"}

    def run(self, command: str) -> tuple[int, str]:
        """Its exit code, and what it has said. A daemon is left to run until close()."""
        if _SERVES.match(command):
            self._serve(command)
            return 0, ""
        if _TO_THE_DAEMON in command and self._daemon is None:
            self._serve("blender-mcpd serve")
        for placeholder, text in PLACEHOLDERS.items():
            if placeholder in command:
                command = command.replace(placeholder, text.format(port=self._port()) if "{port}" in text else text)
        done = subprocess.run(["bash", "-c", command], env=self.environment(), cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        return done.returncode, done.stdout

    def _serve(self, command: str) -> None:
        if self._daemon is not None:
            self._end_daemon()
        with open(self._log, "w", encoding="utf-8") as log:
            self._daemon = subprocess.Popen(["bash", "-c", f"exec {command}"], env=self.environment(), cwd=self.folder, text=True,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: self._port() or self._daemon.poll() is not None, self._log.read_text)
        if not self._port():
            raise AssertionError(f"{command}: {self._log.read_text()}")

    def _port(self) -> str:
        listening = re.search(r"listening on http://127\.0\.0\.1:(\d+)/mcp", self._log.read_text()) if self._log.exists() else None
        return listening[1] if listening else ""

    def _end_daemon(self) -> None:
        daemon, self._daemon = self._daemon, None
        daemon.send_signal(signal.SIGTERM)
        try:
            code = daemon.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            daemon.kill()
            raise
        if code != 0:
            raise AssertionError(f"serve ended with {code}: {self._log.read_text()}")

    def close(self) -> None:
        try:
            if self._daemon is not None:
                self._end_daemon()
        finally:
            self.world.close()
