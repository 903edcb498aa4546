"""Records what passes between a client and a server, for tests/support/wire_judge.py; where $MCPD_TEST_RECORDINGS names a folder.

As a program it stands in for a server over stdio: recording.py FILE NAME COMMAND [ARGUMENT]...
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Callable

MAX_SIZE = 16 << 20  # of one conversation; the rest of it is not recorded

_numbers = itertools.count(1)


def folder() -> Path | None:
    named = os.environ.get("MCPD_TEST_RECORDINGS")
    return Path(named) if named else None


def next_file(kind: str, group: str) -> Path:
    """Of a conversation. A group has a process id in its name: test modules may run beside each other."""
    return folder() / f"{kind}-{os.getpid()}.{group}-{next(_numbers)}"


def stand_in(command: list[str], name: str) -> list[str]:
    """The command of a server over stdio, recorded."""
    if folder() is None:
        return command
    return [sys.executable, str(Path(__file__).resolve()), str(next_file("lines", "stdio")), name, *command]


class Recording:
    def __init__(self, path: Path, name: str) -> None:
        self._file = open(path, "wb")
        self._lock = threading.Lock()
        self._size = 0
        self.add("#", name.encode())

    def add(self, kind: str, data: bytes) -> None:
        with self._lock:
            self._size += len(data)
            if self._size <= MAX_SIZE and not self._file.closed:
                self._file.write(f"{kind}{len(data):08x}".encode() + data)
                self._file.flush()

    def close(self) -> None:
        with self._lock:
            self._file.close()


class Proxy:
    """Hands connections on to a server's port. `name` tells who the client is, when a connection comes."""

    def __init__(self, port: int, name: Callable[[], str]) -> None:
        self._target = port
        self._name = name
        self._group = f"http{next(_numbers)}"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            recording = Recording(next_file("http", self._group), self._name())
            open_ways = [2]
            for kind, source, target in ((">", client, server), ("<", server, client)):
                threading.Thread(target=self._copy, args=(recording, kind, source, target, open_ways), daemon=True).start()

    @staticmethod
    def _copy(recording: Recording, kind: str, source: socket.socket, target: socket.socket, open_ways: list[int]) -> None:
        try:
            while data := source.recv(65536):
                recording.add(kind, data)
                target.sendall(data)
        except OSError:
            pass
        # A client that goes away must be seen to do so, and one that waits must see the end.
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR if kind == "<" or end is source else socket.SHUT_WR)
            except OSError:
                pass
        open_ways[0] -= 1
        if open_ways[0] == 0:
            source.close()
            target.close()
            recording.close()


def with_port(url: str, port: int) -> str:
    return re.sub(r":\d+/", f":{port}/", url, count=1)


def port_of(url: str) -> int:
    return int(re.search(r":(\d+)/", url)[1])


def _main(path: str, name: str, command: list[str]) -> int:
    recording = Recording(Path(path), name)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: server.send_signal(number))
        threading.Thread(target=_hand_on, args=(recording, ">", sys.stdin.buffer.raw, server.stdin), daemon=True).start()
        _hand_on(recording, "<", server.stdout, sys.stdout.buffer)
        code = server.wait()
    recording.close()
    # The thread may still sit in a read of standard input.
    os._exit(code if code >= 0 else 128 - code)


def _hand_on(recording: Recording, kind: str, source: BinaryIO, target: BinaryIO) -> None:
    descriptor = source.fileno()
    try:
        while data := os.read(descriptor, 65536):
            recording.add(kind, data)
            target.write(data)
            target.flush()
    except (OSError, ValueError):
        pass
    try:
        target.close()
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2], sys.argv[3:]))
