#!/usr/bin/python3
"""How long a trivial command takes in a Blender with an idle window: through blender-mcpd, and straight to the add-on of
ahujasid/blender-mcp (its server, a Python program, comes on top of that), in the same Blender and in turns.

usage: window.py [--calls N] [--blender PROGRAM] DAEMON
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import sys
import time
from pathlib import Path
from typing import Callable

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "integration")]


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


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200, help="of each")
    parser.add_argument("--blender", default="/usr/bin/blender")
    parser.add_argument("daemon")
    arguments = parser.parse_args()
    os.environ["BLENDER_MCPD"] = str(Path(arguments.daemon).resolve())
    os.environ["BLENDER_MCPD_TEST_BLENDER"] = arguments.blender
    # They read the environment.
    from client import Client
    from virtual_display import Display
    from world import World
    import test_blender_addon

    display = Display()
    world = World()
    try:
        blender = test_blender_addon.UsersBlender(display, test_blender_addon.addon_file(*test_blender_addon.ADDON))
        try:
            measure(arguments.calls, blender.port, world, Client)
        finally:
            blender.stop()
    finally:
        world.close()
        display.stop()


def measure(calls: int, port: int, world, client_type) -> None:
    world.port = port
    client = client_type(world, env={"BLENDER_MCPD_BLENDER_DIALECT": "ahujasid", "BLENDER_MCPD_BLENDER_LAUNCH": "never",
                                     "BLENDER_MCPD_CACHE_ENABLED": "false", "BLENDER_MCPD_LIMITS_ENABLED": "false"})
    try:
        client.initialize()
        addon = AddonClient(port)
        ways = {"blender-mcpd, over stdio": lambda: client.do("get_object_info", names=["Light"]),
                "the add-on's socket": addon.ask}
        for ask in ways.values():
            ask()
        compare("one after the other", ways, calls, pauses_s=(0, 0))
        compare("20 to 60 ms after the one before", ways, calls, pauses_s=(0.02, 0.06))
    finally:
        client.close()


def compare(what: str, ways: dict[str, Callable[[], object]], calls: int,
            pauses_s: tuple[float, float]) -> None:
    """In turns of ten, so that whatever else happens on the machine happens to both. Pauses differ, or they would keep step with
    Blender's loop."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(calls // 10):
        for name, ask in ways.items():
            for _ in range(10):
                time.sleep(random.uniform(*pauses_s))
                taken[name].append(milliseconds(ask))
    print(what)
    for name, times in taken.items():
        print(f"  {name:28} p50 {statistics.median(times):8.2f} ms, p99 {sorted(times)[int(len(times) * 0.99)]:8.2f} ms")
    ours, theirs = (statistics.median(times) for times in taken.values())
    print(f"  ratio of the medians: {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
