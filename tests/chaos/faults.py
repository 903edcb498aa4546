"""What goes wrong on the way, and where: drawn from a seed, so that the same seed gives the same plan."""

from __future__ import annotations

import random
from dataclasses import dataclass

TO_BLENDER, TO_DAEMON = "to Blender", "to the daemon"
DIRECTIONS = (TO_BLENDER, TO_DAEMON)

# How often each is drawn. Those of the first table end the connection, sooner or later; the others only disturb it.
DEADLY = {
    "cut": 30, "reset": 30, "half-close": 10, "garbage": 10, "duplicate bytes": 10, "duplicate frame": 15,
    "lose bytes": 3, "stall": 2,
}
HARMLESS = {"delay": 20, "trickle": 20, "split": 30, "coalesce": 20, "reorder": 10}
KINDS = {**DEADLY, **HARMLESS}

# Bytes between two faults in one direction: about ten edits.
MEAN_GAP_BYTES = 3000
# A tenth of the connections get their first one here, where the greeting is.
EARLY_BYTES = 700


@dataclass(frozen=True)
class Fault:
    kind: str
    at: int  # so many bytes of this direction are let through before it
    size: int = 0  # bytes that are garbage, sent twice, lost, or trickle
    seconds: float = 0.0
    seed: int = 0


class Plan:
    """The faults of one connection, by direction; without end."""

    def __init__(self, seed: str, most_s: float) -> None:
        self._most_s = most_s
        self._random = {direction: random.Random(f"{seed} {direction}") for direction in DIRECTIONS}
        self._next = {direction: self._draw(direction, 0) for direction in DIRECTIONS}

    def next(self, direction: str) -> Fault | None:
        return self._next[direction]

    def done(self, direction: str) -> None:
        self._next[direction] = self._draw(direction, self._next[direction].at)

    def _draw(self, direction: str, after: int) -> Fault:
        source = self._random[direction]
        if after == 0 and source.random() < 0.1:
            at = source.randrange(EARLY_BYTES)
        else:
            at = after + 1 + int(source.expovariate(1 / MEAN_GAP_BYTES))
        kind = source.choices(list(KINDS), list(KINDS.values()))[0]
        longest = self._most_s if kind == "stall" else 0.05
        return Fault(kind, at, source.randint(1, 24), source.uniform(0.0, longest), source.getrandbits(32))


class OneFault:
    """One fault on the first connection that gets so far; nothing after it."""

    def __init__(self, direction: str, fault: Fault) -> None:
        self._direction, self._fault = direction, fault
        self.struck = False

    def next(self, direction: str) -> Fault | None:
        return self._fault if direction == self._direction and not self.struck else None

    def done(self, direction: str) -> None:
        self.struck = True
