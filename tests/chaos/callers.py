"""Clients that edit as fast as they can: over lines (Unix socket, stdio) with several calls in flight, and over HTTP."""

from __future__ import annotations

import json
import random
import select
import socket
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from ledger import CANCELLED, NOT_APPLIED, Edit, Ledger, told_by
from looking import COUNTS, PREFIX
from peers import HELLO, LegacyPeer

Json = dict[str, Any]

IN_FLIGHT = 8
# No call may take longer: a hang, whatever its deadline was.
PATIENCE_S = 60.0
CANCEL_SHARE = 0.04
# A caller that was refused comes back no sooner: refusals are prompt, and would use up all edits while Blender is away.
PAUSE_S = 0.1
COUNT_UP = f"d = bpy.app.driver_namespace.setdefault({COUNTS!r}, dict())\nd['%s'] = d.get('%s', 0) + 1\n"


class Orders:
    """How many edits are still to be made; shared by all callers."""

    def __init__(self, edits: int, until: float) -> None:
        self._left, self._until = edits, until
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            if self._left <= 0 or time.monotonic() > self._until:
                return False
            self._left -= 1
            return True

    def go_on(self, seconds: float) -> bool:
        """Whether there will be edits for so long, as far as can be told."""
        return self._until - time.monotonic() > seconds and self._left > 100 * seconds


class Caller(threading.Thread):
    def __init__(self, name: str, seed: str, ledger: Ledger, orders: Orders, timeout_s: float) -> None:
        super().__init__(name=name, daemon=True)
        self.ledger, self.orders, self.timeout_s = ledger, orders, timeout_s
        self.random = random.Random(f"{seed} {name}")
        self.failure: BaseException | None = None
        self.calls = 0
        self.paused_until = 0.0

    def run(self) -> None:
        try:
            self.work()
        except BaseException as exc:
            self.failure = exc

    def work(self) -> None:
        raise NotImplementedError

    def end(self, edit: Edit, result: Json) -> None:
        told, text = told_by(result)
        self.ledger.end(edit, told, text)
        if told == NOT_APPLIED:
            self.paused_until = time.monotonic() + PAUSE_S

    def next_edit(self) -> tuple[Edit, str, Json]:
        self.calls += 1
        mark = f"{PREFIX}{self.name}-{self.calls}"
        drawn = self.random.random()
        if drawn < 0.75:
            return (self.ledger.begin(mark, "create_objects", self.timeout_s), "create_objects",
                    {"items": [{"kind": "empty", "name": mark}]})
        code, timeout = COUNT_UP % (mark, mark), self.timeout_s
        if drawn > 0.97:  # reaches its deadline before or after it has counted
            timeout = 0.2
            wait = "import time\ntime.sleep(%.3f)\n" % self.random.uniform(0.1, 0.4)
            code = wait + code if self.random.random() < 0.5 else code + wait
        arguments: Json = {"code": code, **({"timeout_s": timeout} if timeout != self.timeout_s else {})}
        return self.ledger.begin(mark, "execute_blender_code", timeout), "execute_blender_code", arguments


class LineCaller(Caller):
    """Several calls in flight on one connection; some are cancelled."""

    def __init__(self, name: str, seed: str, ledger: Ledger, orders: Orders, timeout_s: float,
                 read: BinaryIO, write: BinaryIO) -> None:
        super().__init__(name, seed, ledger, orders, timeout_s)
        self._read, self._write = read, write
        self._last_id = 0
        self._open: dict[int, Edit] = {}
        self._cancel_at: dict[int, float] = {}
        # Cancelled calls, by the ping that was sent after the cancellation: its answer comes after any answer to them.
        self._cancelled: dict[int, int] = {}
        self._pings: dict[int, int] = {}
        self._silent: set[int] = set()
        self._buffer = b""

    def work(self) -> None:
        self._handshake()
        more = True
        while more or self._open or self._cancelled:
            while more and self._may_start() and (more := self.orders.take()):
                self._start()
            self._write.flush()
            self._listen(0.005 if self._cancel_at else 0.05)
            self._cancel_due()
            self._give_up_due()

    def _may_start(self) -> bool:
        return len(self._open) < IN_FLIGHT and time.monotonic() >= self.paused_until

    def _handshake(self) -> None:
        self._send("initialize", HELLO)
        self._write.flush()
        while b"\n" not in self._buffer:
            self._receive()
        self._buffer = b""
        self._write.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')

    def _send(self, method: str, params: Json | None = None) -> int:
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, **({"params": params} if params else {})}
        self._write.write(json.dumps(message).encode() + b"\n")
        return self._last_id

    def _start(self) -> None:
        edit, tool, arguments = self.next_edit()
        request = self._send("tools/call", {"name": tool, "arguments": arguments})
        self._open[request] = edit
        if self.random.random() < CANCEL_SHARE:
            self._cancel_at[request] = edit.sent_at + self.random.choice((0.0, self.random.uniform(0.0, 0.1)))

    def _cancel_due(self) -> None:
        now = time.monotonic()
        for request in [request for request, at in self._cancel_at.items() if now >= at]:
            del self._cancel_at[request]
            note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": request}}
            self._write.write(json.dumps(note).encode() + b"\n")
            self._cancelled[request] = ping = self._send("ping")
            self._pings[ping] = request
        self._write.flush()

    def _give_up_due(self) -> None:
        now = time.monotonic()
        for request, edit in self._open.items():
            if now > edit.sent_at + PATIENCE_S:
                self.ledger.findings.unanswered += 1
                self.ledger.findings.complain(f"no answer within {PATIENCE_S:g} s: {edit.kind} {edit.mark}")
                raise TimeoutError(f"{self.name} gave up")

    def _receive(self) -> None:
        data = self._read.read1(65536)
        if not data:
            raise EOFError("the daemon closed the connection")
        self._buffer += data

    def _listen(self, patience: float) -> None:
        if not select.select([self._read], [], [], patience)[0]:
            return
        self._receive()
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, message: Json) -> None:
        if "method" in message:
            return
        request = message["id"]
        if (cancelled := self._pings.pop(request, None)) is not None:
            del self._cancelled[cancelled]
            edit = self._open.pop(cancelled, None)
            if edit is not None:
                self._silent.add(cancelled)
                self.ledger.end(edit, CANCELLED)
            return
        edit = self._open.pop(request, None)
        if edit is None:
            findings = self.ledger.findings
            if request in self._silent:
                findings.late_answers += 1
            else:
                findings.twice_answered += 1
            findings.complain(f"an answer too many: {str(message)[:300]}")
            return
        self._cancel_at.pop(request, None)
        self.end(edit, message["result"])


class HttpCaller(Caller):
    """One call after the other."""

    def __init__(self, name: str, seed: str, ledger: Ledger, orders: Orders, timeout_s: float, peer: LegacyPeer) -> None:
        super().__init__(name, seed, ledger, orders, timeout_s)
        self._peer = peer

    def work(self) -> None:
        while self.orders.take():
            time.sleep(max(0.0, self.paused_until - time.monotonic()))
            edit, tool, arguments = self.next_edit()
            reply = self._peer.ask("tools/call", {"name": tool, "arguments": arguments})
            self.end(edit, reply["result"])
        self._peer.close()
        for fault in self._peer.faults:
            raise AssertionError(fault)


def over_socket(path: Path) -> tuple[BinaryIO, BinaryIO]:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    return connection.makefile("rb"), connection.makefile("wb")
