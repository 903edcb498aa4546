"""A clean root whose systemd runs, as in a container: process, mount and other namespaces of its own; the network is the host's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from clean_root import CleanRoot

BOOT = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount -t sysfs sysfs "$1/sys"
mount -t tmpfs -o mode=755 tmpfs "$1/run"
mkdir -p "$1/sys/fs/cgroup"
mount -t cgroup2 none "$1/sys/fs/cgroup"
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$1" /lib/systemd/systemd --system --show-status=0 \
    --unit=multi-user.target
"""
PATIENCE_S = 60.0


class NoService(Exception):
    """systemd does not run here; the reason."""


class BootedRoot:
    """Ends with close(): everything in it ends with its first process."""

    def __init__(self, root: CleanRoot) -> None:
        self._unshare = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--cgroup", "--uts", "--ipc", "--kill-child", "sh", "-c", BOOT, "sh", str(root.path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        give_up = time.monotonic() + PATIENCE_S
        while True:
            if self._unshare.poll() is not None:
                raise NoService(self._unshare.communicate()[1].strip() or "systemd ended")
            # "running", or "degraded": not every unit of Debian works in here.
            if self._first() and self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"):
                return
            if time.monotonic() > give_up:
                self.close()
                raise NoService(f"systemd was not up within {PATIENCE_S} s")
            time.sleep(0.2)

    def _first(self) -> str:
        """The process id of systemd; empty while it is not there."""
        pid = self._unshare.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()

    def run(self, *words: str, user: str = "root", check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        variables = [f"{name}={value}" for name, value in {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_PAGER": "cat", **env}.items()]
        command = ["nsenter", f"--target={self._first()}", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd=/", "--",
                   "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", "-i", *variables,
                   "timeout", "--kill-after=5", str(int(PATIENCE_S)), *words]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def property(self, unit: str, name: str) -> str:
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def close(self) -> None:
        if self._unshare.poll() is None:
            for process in self._first().split():
                os.kill(int(process), signal.SIGKILL)
        self._unshare.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
