"""A daemon that serves several clients, a Blender that it starts, and the proxy between the two."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Callable

from looking import Eye
from proxy import Faults, Proxy
from stand_in import write_stand_in
from test_daemon_http import Server
from world import DAEMON, World

TIMEOUT_S = 2.0
SETTINGS = {
    "BLENDER_MCPD_CALLS_TIMEOUT_S": f"{TIMEOUT_S}", "BLENDER_MCPD_CALLS_SCRIPT_TIMEOUT_S": f"{TIMEOUT_S}",
    "BLENDER_MCPD_CALLS_INACTIVITY_TIMEOUT_S": "0.5", "BLENDER_MCPD_CALLS_INTERRUPT_GRACE_S": "0.5",
    "BLENDER_MCPD_POOL_CONNECT_TIMEOUT_S": "1", "BLENDER_MCPD_LIMITS_ENABLED": "false",
    "BLENDER_MCPD_SCRIPT_POLICY": "off", "BLENDER_MCPD_SOCKET_ENABLED": "true",
    # A copy would bring back marks that were found and removed after it was made.
    "BLENDER_MCPD_RECOVERY_ENABLED": "false",
}


class Stage:
    def __init__(self, blender: str, plan_of: Callable[[int], Faults], **settings: str) -> None:
        self.world = World()
        rendezvous = self.world.folder / "rendezvous"
        self.proxy = Proxy(rendezvous, plan_of)
        stand_in = self.world.folder / "blender"
        write_stand_in(stand_in, blender, rendezvous)
        self.server = Server(self.world, launch=("--launch", "always", "--blender", str(stand_in)),
                             **{**SETTINGS, **settings})
        self.eye = Eye(self.proxy)
        self.socket_path: Path = self.world.folder / "blender-mcpd" / "daemon.sock"
        self._stdio: list[subprocess.Popen[bytes]] = []

    def stdio(self) -> subprocess.Popen[bytes]:
        """A client's daemon, which hands it over to ours."""
        process = subprocess.Popen([DAEMON, "--log-level", "warn", "stdio", "--attach"], env=self.world.environment(),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._stdio.append(process)
        return process

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))

    def close(self) -> list[str]:
        """What is left behind, or went wrong at the end."""
        leaks: list[str] = []
        self.eye.close()
        try:
            for process in self._stdio:
                process.stdin.close()
                if code := process.wait(20):
                    leaks.append(f"a stdio proxy ended with {code}")
                process.stdout.close()
            self.server.close()
        except (AssertionError, OSError, subprocess.TimeoutExpired) as exc:
            leaks.append(f"the daemon's end: {str(exc)[-1500:]}")
        finally:
            for process in [*self._stdio, self.server.process]:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        self.proxy.close()
        try:
            self.world.close()
        except AssertionError as exc:
            leaks.append(str(exc))
        return leaks
