#!/usr/bin/python3
"""How long a trivial command takes in a Blender with an idle window: through blender-mcpd, and with ahujasid/blender-mcp, both
through its server and straight to its add-on; in the same Blender and in turns.

usage: window.py [--json] [--calls N] [--blender PROGRAM] [--peers FOLDER] DAEMON
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import time
from typing import Callable

import rows
import sides


class AddonClient:
    """One connection, as the add-on's own server keeps it."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.sock.sendall(b'{"type":"get_object_info","params":{"name":"Light"}}')
        text = b""
        while True:
            text += self.sock.recv(65536)
            try:
                assert json.loads(text)["status"] == "success", text
                return
            except ValueError:
                continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200, help="of each")
    rows.add_option(parser)
    sides.add_options(parser)
    arguments = parser.parse_args()
    sides.use(arguments)
    with sides.users_blender() as port, sides.daemon(port) as daemon, sides.their_server(arguments.peers, port) as server:
        ways = {"blender-mcpd": lambda: daemon.call("get_object_info", names=["Light"]),
                f"{sides.THEIRS}, straight to its add-on": AddonClient(port).ask}
        if server:
            ways[f"{sides.THEIRS}, through its server"] = lambda: server.call("get_object_info", object_name="Light")
        for ask in ways.values():
            ask()
        for title, pauses_s in (("idle window, one after the other", (0, 0)),
                                ("idle window, 20 to 60 ms after the one before", (0.02, 0.06))):
            rows.show(title, compare(ways, arguments.calls, pauses_s), arguments.json)


def compare(ways: dict[str, Callable[[], object]], calls: int, pauses_s: tuple[float, float]) -> list[rows.Row]:
    """In turns of ten, so that whatever else happens on the machine happens to all. Pauses differ, or they would keep step with
    Blender's loop."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(calls // 10):
        for name, ask in ways.items():
            for _ in range(10):
                time.sleep(random.uniform(*pauses_s))
                taken[name].append(seconds(ask))
    ours, *theirs = (rows.of_times(name, times) for name, times in taken.items())
    for row in theirs:
        row.note = sides.their_version()
    ours.compare(theirs[-1])
    return [ours, *theirs]


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
