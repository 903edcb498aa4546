"""The file by which blender-mcpd finds this Blender: where it listens, and the token. Only its user can read it."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from typing import Any

_NAME = re.compile(r"(\d+)-[0-9a-f]+\.json")


class UnsafeFolder(OSError):
    """Somebody else could read or change what is in it."""


def folder() -> str:
    """It need not exist."""
    return os.path.join(_above()[0], "blenders")


def _above() -> tuple[str, bool]:
    """The folder above, and whether it is in one where nobody else can do anything; in /tmp everybody can."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        return os.path.join(runtime, "blender-mcpd"), True
    return f"/tmp/blender-mcpd-{os.getuid()}", False


class Descriptor:
    """At most one file. Main thread only."""

    def __init__(self) -> None:
        self._path = ""
        self._written: dict[str, Any] = {}
        self._pid = 0

    def write(self, content: dict[str, Any]) -> None:
        """In place of the one before; nothing is done when it is the same and still there. OSError."""
        if content == self._written and os.path.exists(self._path):
            return
        place = _make_folder()
        name = f"{content['pid']}-{content['session']}.json"
        draft = os.path.join(place, f".{name}.{secrets.token_hex(4)}")
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                os.fchmod(fd, 0o600)  # whatever the umask
                json.dump(content, file)
            os.rename(draft, os.path.join(place, name))
        except BaseException:
            os.unlink(draft)
            raise
        if self._path != os.path.join(place, name):
            self.remove()
        self._path, self._written, self._pid = os.path.join(place, name), dict(content), os.getpid()

    def remove(self) -> None:
        """Not in a child that a script has forked: the file is its parent's."""
        if self._path and os.getpid() == self._pid:
            try:
                os.unlink(self._path)
            except OSError:
                pass  # somebody has tidied up before
        self._path, self._written = "", {}


def remove_of_the_dead() -> None:
    """Of Blenders that have crashed."""
    place = folder()
    try:
        names = os.listdir(place)
    except OSError:
        return
    for name in names:
        match = _NAME.fullmatch(name)
        if match and not _lives(int(match[1])):
            try:
                os.unlink(os.path.join(place, name))
            except OSError:
                pass  # not ours, or another Blender was quicker


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # of another user
    return True


def _make_folder() -> str:
    place = folder()
    above, is_guarded = _above()
    _make_private(above, others_may_look=is_guarded)
    _make_private(place, others_may_look=False)
    return place


def _make_private(path: str, others_may_look: bool) -> None:
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    found = os.lstat(path)
    forbidden = 0o022 if others_may_look else 0o077
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & forbidden:
        raise UnsafeFolder(f"{path} must be a folder of yours that nobody else can look into: remove it, or chmod 700")
