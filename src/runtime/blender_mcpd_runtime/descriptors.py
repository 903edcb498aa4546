"""Keeps the runtime's file descriptors where scripts that tidy up do not close them."""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import stat

# Scripts close low numbers: os.closerange(3, 256) is in many of them. The soft limit is mostly 1024.
_FIRST = 512
_ROOM = 128


def move_out_of_reach(fd: int) -> int:
    """The same file under a high number; the old one is closed."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FIRST + _ROOM:
        return fd
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST)
    os.close(fd)
    return moved


def out_of_reach(sock: socket.socket) -> socket.socket:
    return socket.socket(fileno=move_out_of_reach(sock.detach()))


def is_out_of_reach(fd: int) -> bool:
    """One of the runtime's sockets, as good as certainly."""
    return fd >= _FIRST and stat.S_ISSOCK(os.fstat(fd).st_mode)


Identity = tuple[int, int]
OpenFiles = dict[int, Identity]


def open_files() -> OpenFiles:
    numbers = (int(name) for name in os.listdir("/proc/self/fd"))
    return {fd: file for fd in numbers if (file := identity(fd)) is not None}


def identity(fd: int) -> Identity | None:
    """Of the open file; None when there is none."""
    try:
        about = os.fstat(fd)
    except OSError:
        return None
    return about.st_dev, about.st_ino


class KeptNumbers:
    """Of the descriptors that were open before any script ran: what has closed them may not have known whose they were.

    A thread of Blender's libraries (of PulseAudio's, for one) goes on to poll and to read the number, and would take the
    first bytes of a connection that got it. So it stands for a pipe that nobody writes to.
    """

    def __init__(self) -> None:
        self._never_ready, self._silent = (move_out_of_reach(fd) for fd in os.pipe())
        os.set_blocking(self._never_ready, False)
        self._pipe = identity(self._silent)
        self._stands_in = False
        self._files = open_files()

    def note(self) -> None:
        """What others have closed since is theirs to use again."""
        self._files = {fd: file for fd, file in self._files.items() if identity(fd) == file}

    def keep(self) -> None:
        for fd in self._files:
            if identity(fd) is None:
                self._stand_in(fd)

    def release(self) -> None:
        """Those that stand in stay: without the silent end they would never be quiet."""
        for fd in (self._never_ready, self._silent) if not self._stands_in else ():
            if identity(fd) == self._pipe:  # nobody has closed it before
                os.close(fd)

    def _stand_in(self, fd: int) -> None:
        try:
            taken = fcntl.fcntl(self._never_ready, fcntl.F_DUPFD_CLOEXEC, fd)
        except OSError:
            return  # this end was closed as well, or no descriptors are left
        if taken == fd:
            self._stands_in = True
        else:
            os.close(taken)  # somebody has got it meanwhile
