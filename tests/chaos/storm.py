"""Many edits by several clients through a proxy that makes faults at random, while Blender is stopped and killed."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from callers import Caller, HttpCaller, LineCaller, Orders, over_socket, over_stdio
from faults import Plan
from ledger import Ledger
from looking import Eye
from peers import LegacyPeer
from proxy import NoFaults, Proxy
from stand_in import write_stand_in
from test_daemon_http import Server
from world import World

TIMEOUT_S = 2.0
SETTINGS = {
    "BLENDER_MCPD_CALLS_TIMEOUT_S": f"{TIMEOUT_S}", "BLENDER_MCPD_CALLS_SCRIPT_TIMEOUT_S": f"{TIMEOUT_S}",
    "BLENDER_MCPD_CALLS_INACTIVITY_TIMEOUT_S": "0.5", "BLENDER_MCPD_CALLS_INTERRUPT_GRACE_S": "0.5",
    "BLENDER_MCPD_POOL_MAX": "8", "BLENDER_MCPD_POOL_CONNECT_TIMEOUT_S": "1", "BLENDER_MCPD_LIMITS_ENABLED": "false",
    "BLENDER_MCPD_SCRIPT_POLICY": "off", "BLENDER_MCPD_SOCKET_ENABLED": "true",
}
LOOK_EVERY_S = 0.5
FDS_OF_A_POOL = 12  # connections that may be open or not


@dataclass
class Figures:
    seconds: float = 0.0
    connections: int = 0
    kills: int = 0
    stops: int = 0
    looks: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Storm:
    def __init__(self, blender: str, seed: int, edits: int, seconds: float, kill_every_s: float, stop_every_s: float) -> None:
        self.seed = seed
        self.ledger = Ledger()
        self.figures = Figures()
        self._world = World()
        self._proxy = Proxy(self._world.folder / "rendezvous", lambda number: Plan(f"{seed} {number}", 3.0))
        stand_in = self._world.folder / "blender"
        write_stand_in(stand_in, blender, self._world.folder / "rendezvous")
        self._server = Server(self._world, launch=("--launch", "always", "--blender", str(stand_in)), **SETTINGS)
        self._eye = Eye(self._proxy)
        self._orders = Orders(edits, time.monotonic() + seconds)
        self._random = random.Random(f"{seed} storm")
        self._kill_every_s, self._stop_every_s = kill_every_s, stop_every_s

    def run(self) -> None:
        try:
            begin = time.monotonic()
            self._blow()
            self.figures.seconds = time.monotonic() - begin
            self.figures.struck, self.figures.connections = self._proxy.struck, self._proxy.connections
        finally:
            self._end()

    def _callers(self) -> list[Caller]:
        common = (f"{self.seed}", self.ledger, self._orders, TIMEOUT_S)
        path = str(self._world.folder / "blender-mcpd" / "daemon.sock")
        callers: list[Caller] = [LineCaller(f"socket{number}", *common, *over_socket(path)) for number in range(3)]
        self._stdio, read, write = over_stdio(self._world)
        callers.append(LineCaller("stdio", *common, read, write))
        callers.append(HttpCaller("http", *common, LegacyPeer(self._server)))
        return callers

    def _blow(self) -> None:
        callers = self._callers()
        first_fds = self._fds()
        for caller in callers:
            caller.start()
        now = time.monotonic()
        next_kill, next_stop = now + self._interval(self._kill_every_s), now + self._interval(self._stop_every_s)
        while any(caller.is_alive() for caller in callers):
            time.sleep(LOOK_EVERY_S)
            self._look()
            now = time.monotonic()
            if now > next_stop:
                self._stop_blender()
                next_stop = now + self._interval(self._stop_every_s)
            if now > next_kill:
                self._kill_blender()
                next_kill = now + self._interval(self._kill_every_s)
        self.figures.failures += [f"{caller.name}: {caller.failure!r}" for caller in callers if caller.failure]
        self._proxy.armed = False
        self._last_look()
        if (fds := self._fds()) > first_fds + FDS_OF_A_POOL:
            self.figures.leaks.append(f"descriptors: {first_fds} first, {fds} last")

    def _interval(self, mean: float) -> float:
        return self._random.uniform(0.5, 1.5) * mean

    def _look(self) -> None:
        settled = self.ledger.settled()
        look = self._eye.look(list(settled))
        if look is not None:
            self.figures.looks += 1
            self.ledger.check(settled, look)

    def _last_look(self) -> None:
        """Nothing is open any more: what is late has time to come."""
        until = time.monotonic() + 15
        while time.monotonic() < until and self.ledger.unchecked():
            self._look()
            time.sleep(LOOK_EVERY_S)
        self._look()

    def _kill_blender(self) -> None:
        blender = self._proxy.blender
        if blender is None or not self._eye.look([]):
            return
        self.ledger.blender_dies()
        os.kill(blender.pid, signal.SIGKILL)
        self.figures.kills += 1
        # What was asked for in the moment between has had the same fate.
        time.sleep(0.1)
        self.ledger.blender_dies()

    def _stop_blender(self) -> None:
        blender = self._proxy.blender
        if blender is None:
            return
        seconds = self._random.choice((0.05, 0.3, 1.0, 3.5))
        try:
            os.kill(blender.pid, signal.SIGSTOP)
            time.sleep(seconds)
            self.ledger.blender_pauses()
            os.kill(blender.pid, signal.SIGCONT)
        except ProcessLookupError:
            return
        self.figures.stops += 1

    def _fds(self) -> int:
        return len(os.listdir(f"/proc/{self._server.process.pid}/fd"))

    def _end(self) -> None:
        self._eye.close()
        try:
            self._stdio.stdin.close()
            self._stdio.wait(20)
            self._server.close()
        except (AssertionError, OSError) as exc:
            self.figures.leaks.append(f"the daemon's end: {str(exc)[-1500:]}")
        finally:
            self._server.process.kill()
            self._proxy.close()
        try:
            self._world.close()
        except AssertionError as exc:
            self.figures.leaks.append(str(exc))
