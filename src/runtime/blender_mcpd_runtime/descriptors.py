"""Keeps the runtime's file descriptors where scripts that tidy up do not close them."""

from __future__ import annotations

import fcntl
import os
import resource
import socket

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


def identity(fd: int) -> tuple[int, int] | None:
    """Of the open file; None when there is none."""
    try:
        stat = os.fstat(fd)
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
