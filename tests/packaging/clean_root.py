"""A clean Debian 12 that a test may do anything in: a copy of one that debootstrap has made once."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blender-mcpd" / "roots"
PREPARE_S = 900
# What a Debian with a service manager has, and whoever packages for it may take for granted.
INCLUDE = "systemd"
# dpkg waits for the disk after every file. What a crash of the machine would do to a root that is thrown away does not matter: it is
# made in memory, and tells dpkg so.
BUILD = """
set -e
mkdir -p "$1"
mount -t tmpfs tmpfs "$1"
debootstrap --variant=minbase --include="$2" bookworm "$1/root" $4
echo force-unsafe-io >"$1/root/etc/dpkg/dpkg.cfg.d/fast"
rm -rf "$1"/root/var/cache/apt/archives/*.deb
tar --create --file "$3.partial" --directory "$1" root
mv "$3.partial" "$3"
"""


def obstacle() -> str | None:
    """Why there cannot be one on this machine."""
    if os.geteuid() != 0:
        return "needs root"
    if shutil.which("debootstrap") is None:
        return "debootstrap is not installed (scripts/setup chroots)"
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False).returncode:
        return "mount namespaces are not allowed here"
    return None


def mirror() -> list[str]:
    """The archive that this machine already uses for Debian; debootstrap's own choice when it uses none."""
    asked = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], capture_output=True, text=True,
                           check=False)
    return [uri for uri in asked.stdout.split() if uri.rstrip("/").endswith("/debian")][:1]


def prepared() -> Path:
    """The archive of one. RuntimeError, with the reason, when it cannot be made."""
    CACHE.mkdir(parents=True, exist_ok=True)
    archive = CACHE / "bookworm.tar"
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one builds, others wait
        if not archive.exists():
            command = ["timeout", f"{PREPARE_S}", "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", BUILD, "sh",
                       str(CACHE / "mount"), INCLUDE, str(archive), *mirror()]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"debootstrap failed: {(done.stdout + done.stderr).strip().splitlines()[-1:]}")
    return archive


class Running:
    """A program inside. It is the first of its process namespace: with it, all that it has started ends."""

    def __init__(self, command: list[str]) -> None:
        self._unshare = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def send(self, number: int) -> None:
        """To the program; unshare would pass nothing on. (`--kill-child` does not survive the change of the user.)"""
        pid = self._unshare.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), number)

    def wait(self, patience: float) -> int:
        return self._unshare.wait(patience)

    def close(self) -> str:
        """Ends what still runs. What it has written to standard error."""
        if self._unshare.poll() is None:
            self.send(signal.SIGKILL)
        return self._unshare.communicate()[1].decode()


class CleanRoot:
    """Ends with close()."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mcpd-root-"))
        self.path = self.folder / "root"
        subprocess.run(["tar", "--extract", "--file", str(prepared()), "--directory", str(self.folder)], check=True)
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")

    def command(self, *words: str, user: str = "root", **env: str) -> list[str]:
        """What runs `words` inside. The network is the host's."""
        home = "/root" if user == "root" else f"/home/{user}"
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **env}
        proxies = {name: value for name, value in os.environ.items() if name.lower() in ("http_proxy", "https_proxy", "no_proxy")}
        return ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.path}/proc",
                "chroot", f"--userspec={user}", str(self.path), "env", "-i",
                *(f"{name}={value}" for name, value in {**proxies, **variables}.items()), *words]

    def run(self, *words: str, timeout: float = 120, check: bool = True, **options: str) -> subprocess.CompletedProcess[str]:
        limited = ("timeout", "--kill-after=10", str(timeout), *words)
        done = subprocess.run(self.command(*limited, **options), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def start(self, *words: str, **options: str) -> Running:
        return Running(self.command(*words, **options))

    def bring_archives(self) -> None:
        """What apt has downloaded in a root before, so that it need not again."""
        self._copy_archives(CACHE / "archives", self.path / "var/cache/apt/archives")

    def keep_archives(self) -> None:
        self._copy_archives(self.path / "var/cache/apt/archives", CACHE / "archives")

    def _copy_archives(self, source: Path, target: Path) -> None:
        target.mkdir(exist_ok=True)
        for archive in source.glob("*.deb"):
            if not (target / archive.name).exists():
                partial = target / f"{archive.name}.partial-{os.getpid()}"
                shutil.copy(archive, partial)
                partial.rename(target / archive.name)

    def files(self) -> set[str]:
        """All that is there, but for what changes by itself."""
        volatile = ("/proc/", "/var/cache/", "/var/log/", "/var/lib/apt/", "/var/lib/dpkg/", "/run/", "/tmp/", "/home/", "/dev/")
        found = set()
        for folder, folders, names in os.walk(self.path):
            inside = folder[len(str(self.path)):] + "/"
            if inside.startswith(volatile):
                folders.clear()
                continue
            found.update(inside + name for name in [*folders, *names])
        return {name for name in found if not name.startswith(volatile)}

    def close(self) -> None:
        shutil.rmtree(self.folder)
