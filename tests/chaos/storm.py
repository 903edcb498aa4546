"""Many edits by several clients through a proxy that makes faults at random, while Blender is stopped and killed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

from callers import Caller, HttpCaller, LineCaller, Orders, over_socket
from faults import Plan
from ledger import Ledger
from peers import LegacyPeer
from stage import TIMEOUT_S, Stage

# No Blender is killed later than this before the end: nobody would start the next one.
START_S = 5.0
LOOK_EVERY_S = 0.5
# Connections that may be open or not.
FDS_OF_A_POOL = 20


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
        self._stage = Stage(blender, lambda number: Plan(f"{seed} {number}", 3.0), BLENDER_MCPD_POOL_MAX="16",
                            BLENDER_MCPD_POOL_ACQUIRE_TIMEOUT_S="10")
        self._proxy, self._eye = self._stage.proxy, self._stage.eye
        self._orders = Orders(edits, time.monotonic() + seconds)
        self._random = random.Random(f"{seed} storm")
        self._first_descriptors = 0  # when a Blender was there for the first time
        self._kill_every_s, self._stop_every_s = kill_every_s, stop_every_s

    def run(self) -> None:
        try:
            begin = time.monotonic()
            self._blow()
            self.figures.seconds = time.monotonic() - begin
            self.figures.struck, self.figures.connections = self._proxy.struck, self._proxy.connections
        finally:
            self.figures.leaks += self._stage.close()

    def _callers(self) -> list[Caller]:
        common = (f"{self.seed}", self.ledger, self._orders, TIMEOUT_S)
        callers: list[Caller] = [LineCaller(f"socket{number}", *common, *over_socket(self._stage.socket_path))
                                 for number in range(3)]
        stdio = self._stage.stdio()
        callers.append(LineCaller("stdio", *common, stdio.stdout, stdio.stdin))
        callers.append(HttpCaller("http", *common, LegacyPeer(self._stage.server)))
        return callers

    def _blow(self) -> None:
        callers = self._callers()
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
            if now > next_kill and self._orders.go_on(START_S):
                self._kill_blender()
                next_kill = now + self._interval(self._kill_every_s)
        self.figures.failures += [f"{caller.name}: {caller.failure!r}" for caller in callers if caller.failure]
        self._proxy.armed = False
        self._last_look()
        if (fds := self._stage.descriptors()) > self._first_descriptors + FDS_OF_A_POOL:
            self.figures.leaks.append(f"descriptors: {self._first_descriptors} first, {fds} last")

    def _interval(self, mean: float) -> float:
        return self._random.uniform(0.5, 1.5) * mean

    def _look(self) -> None:
        settled = self.ledger.settled()
        look = self._eye.look(list(settled))
        if look is not None:
            if not self.figures.looks:
                self._first_descriptors = self._stage.descriptors()
            self.figures.looks += 1
            self.ledger.check(settled, look)

    def _last_look(self) -> None:
        """Nothing is open any more: what is late has time to come."""
        until = time.monotonic() + 15
        while time.monotonic() < until and self.ledger.unchecked():
            self._look()
            time.sleep(LOOK_EVERY_S)
        self._look()
        if left := self.ledger.unchecked():
            self.figures.failures.append(f"{left} edits could not be looked up")

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
        self.ledger.blender_pauses(True)
        try:
            os.kill(blender.pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(blender.pid, signal.SIGCONT)
            self.figures.stops += 1
        except ProcessLookupError:
            pass
        finally:
            self.ledger.blender_pauses(False)
