"""Connections without a network: the daemon hands each over, as a descriptor, on a socket that this process has inherited."""

from __future__ import annotations

import socket


class Handover:
    """Used like a listening socket. Nobody but the daemon can connect."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)

    def fileno(self) -> int:
        return self._socket.fileno()

    def accept(self) -> tuple[socket.socket, None]:
        """OSError: there is none."""
        _, fds, _, _ = socket.recv_fds(self._socket, 1, 1, socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC)
        if not fds:
            raise OSError("the daemon hands nothing over any more")
        return socket.socket(fileno=fds[0]), None
