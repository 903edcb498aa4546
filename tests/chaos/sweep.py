"""One exchange (greeting, request, reply), ended once at every byte of either direction."""

from __future__ import annotations

from dataclasses import dataclass, field

from faults import DIRECTIONS, Fault, OneFault
from ledger import Ledger, told_by
from looking import PREFIX
from peers import SocketPeer
from proxy import NoFaults
from stage import TIMEOUT_S, Stage

LOOK_AFTER = 100
# Times and numbers in an exchange may be that much shorter than in those that were measured.
ROUNDING = 12


@dataclass
class Sweep:
    """`step`: every step-th byte, beginning with `first`."""

    blender: str
    kinds: tuple[str, ...] = ("cut", "reset")
    step: int = 1
    first: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    struck: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    def run(self) -> None:
        self._faults: OneFault | NoFaults = NoFaults()
        # Every call has a connection of its own, from the greeting on.
        stage = Stage(self.blender, lambda _: self._faults, BLENDER_MCPD_POOL_MAX_REQUESTS_PER_CONNECTION="1")
        try:
            peer = SocketPeer(stage.socket_path)
            self._edit(peer, "warm up")
            self.sizes = self._measured(stage, peer)
            for kind in self.kinds:
                for direction in DIRECTIONS:
                    self._along(stage, peer, kind, direction)
            self._look(stage)
            peer.close()
            self.failures += peer.faults
        finally:
            self.leaks += stage.close()

    def _measured(self, stage: Stage, peer: SocketPeer) -> dict[str, int]:
        """The bytes of one exchange; the least of some, for times and numbers in it are not always as long."""
        all_sizes = []
        for _ in range(5):
            before = dict(stage.proxy.bytes)
            self._edit(peer, "measured")
            all_sizes.append({direction: stage.proxy.bytes[direction] - before[direction] for direction in DIRECTIONS})
        return {direction: min(sizes[direction] for sizes in all_sizes) for direction in DIRECTIONS}

    def _along(self, stage: Stage, peer: SocketPeer, kind: str, direction: str) -> None:
        size = self.sizes[direction]
        for at in range(self.first % self.step, size + 1, self.step):
            self._faults = OneFault(direction, Fault(kind, at))
            self._edit(peer, f"{kind} {direction} {at}")
            if self._faults.struck:
                self.struck += 1
            elif at < size - ROUNDING:
                self.failures.append(f"{kind} {direction} at byte {at} of {size} did not happen")
            self._faults = NoFaults()
            if self.ledger.unchecked() >= LOOK_AFTER:
                self._look(stage)

    def _edit(self, peer: SocketPeer, why: str) -> None:
        mark = f"{PREFIX}{self.ledger.outcomes.total():05}"
        edit = self.ledger.begin(mark, why, TIMEOUT_S)
        reply = peer.ask("tools/call", {"name": "create_objects", "arguments": {"items": [{"kind": "empty", "name": mark}]}})
        self.ledger.end(edit, *told_by(reply["result"]))

    def _look(self, stage: Stage) -> None:
        settled = self.ledger.settled()
        look = stage.eye.look(list(settled))
        if look is None:
            self.failures.append("Blender is not there")
        else:
            self.ledger.check(settled, look)
