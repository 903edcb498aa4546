"""One client's socket: sent to from any thread, read by the I/O thread."""

from __future__ import annotations

import socket
import threading
from collections import deque
from typing import Callable

from .descriptors import identity
from .framing import FrameReader

# A client that asks but does not read the answers is not read from until it does.
MAX_UNSENT_BYTES = 64 << 20


class Connection:
    def __init__(self, sock: socket.socket, wake: Callable[[], None], hello_deadline: float) -> None:
        self.sock = sock
        self.reader = FrameReader()
        self.hello_deadline: float | None = hello_deadline  # None once the client has proved itself
        self.client = ""  # as it calls itself
        self.closed = False
        self._wake = wake
        self._identity = identity(sock.fileno())
        self._lock = threading.Lock()
        self._unsent: deque[memoryview] = deque()
        self._unsent_bytes = 0

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    @property
    def is_stuffed(self) -> bool:
        return self._unsent_bytes > MAX_UNSENT_BYTES

    @property
    def is_intact(self) -> bool:
        """False when somebody else has closed the socket's descriptor."""
        with self._lock:
            return self.closed or identity(self.sock.fileno()) == self._identity

    def send(self, *chunks: bytes) -> None:
        """Sends what the socket takes at once, so that a reply needs no second thread; the I/O thread does the rest."""
        with self._lock:
            if self.closed:
                return
            was_idle = not self._unsent
            for chunk in chunks:
                if chunk:
                    self._unsent.append(memoryview(chunk))
                    self._unsent_bytes += len(chunk)
            if was_idle:
                self._flush_locked()
            left = bool(self._unsent)
        if left and was_idle:
            self._wake()

    def flush(self) -> None:
        with self._lock:
            if not self.closed:
                self._flush_locked()

    def _flush_locked(self) -> None:
        try:
            while self._unsent:
                sent = self.sock.sendmsg([*self._unsent][:16])
                self._unsent_bytes -= sent
                while sent:
                    first = self._unsent[0]
                    if sent < len(first):
                        self._unsent[0] = first[sent:]
                        break
                    sent -= len(first)
                    self._unsent.popleft()
        except BlockingIOError:
            pass
        except OSError:
            # The peer is gone: the I/O thread will read that from the socket and close it.
            self._unsent.clear()
            self._unsent_bytes = 0

    def abandon(self) -> None:
        """Closes the socket unless somebody else has: then the number may be theirs."""
        if self.is_intact:
            self.close()
        else:
            self.sock.detach()
            self.closed = True

    def close(self) -> None:
        with self._lock:
            self.closed = True
            self._unsent.clear()
            self._unsent_bytes = 0
            try:
                # The client shall hear of it even when somebody else holds the socket: a child that a script has forked.
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the client was quicker
            self.sock.close()
