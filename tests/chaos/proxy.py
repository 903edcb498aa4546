"""Stands between the daemon and Blender's runtime, and does to their bytes what the plan says.

Runs in a thread of its own. `blender` is the Blender that reported last; the port that the daemon was told leads to it.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Protocol

from faults import TO_BLENDER, TO_DAEMON, Fault

HEADER = struct.Struct(">II")
READ_BYTES = 65536


class Faults(Protocol):
    def next(self, direction: str) -> Fault | None: ...
    def done(self, direction: str) -> None: ...


class NoFaults:
    def next(self, direction: str) -> Fault | None:
        return None

    def done(self, direction: str) -> None:
        pass


@dataclass(frozen=True)
class Upstream:
    pid: int
    port: int
    number: int  # of the Blender, from 1


class Proxy:
    def __init__(self, rendezvous: Path, plan_of: Callable[[int], Faults]) -> None:
        """`plan_of` gives the plan of the n-th connection; called in the proxy's thread."""
        self.plan_of = plan_of
        self.struck: Counter[str] = Counter()
        self.connections = 0
        self.bytes: Counter[str] = Counter()
        self.token: str | None = None  # as the daemon's last greeting had it
        self.blender: Upstream | None = None
        self.armed = True  # while it is not, no fault strikes
        self._exchanges: set[asyncio.Task[None]] = set()  # the loop alone would not keep them alive
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(rendezvous,), name="proxy", daemon=True)
        self._ready = threading.Event()
        self._thread.start()
        self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, rendezvous: Path) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_unix_server(self._meet, str(rendezvous)))
        self._ready.set()
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A Blender reports: it gets a port of ours."""
        pid, _, line = (await reader.readline()).partition(b" ")
        report = json.loads(line)
        if "port" in report:
            number = self.blender.number + 1 if self.blender else 1
            upstream = Upstream(int(pid), report["port"], number)
            server = await asyncio.start_server(lambda r, w: self._accept(upstream, r, w), "127.0.0.1", 0)
            report["port"] = server.sockets[0].getsockname()[1]
            self.blender = upstream
        writer.write(json.dumps(report).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def _accept(self, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.connections = self.connections, self.connections + 1
        try:
            there = await asyncio.open_connection("127.0.0.1", upstream.port)
        except OSError:  # Blender is dead, so its port refuses
            _reset(writer)
            return
        task = asyncio.ensure_future(Exchange(self, self.plan_of(number), (reader, writer), there).run())
        self._exchanges.add(task)
        task.add_done_callback(self._exchanges.discard)


class Exchange:
    """One connection: two directions, ended together unless a half-close is the fault."""

    def __init__(self, proxy: Proxy, plan: Faults, daemon: tuple[asyncio.StreamReader, asyncio.StreamWriter],
                 blender: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self.proxy = proxy
        self.plan = plan
        self.ways = {TO_BLENDER: Way(self, TO_BLENDER, daemon[0], blender[1]),
                     TO_DAEMON: Way(self, TO_DAEMON, blender[0], daemon[1])}
        self._writers = (daemon[1], blender[1])
        for writer in self._writers:
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def run(self) -> None:
        tasks = [asyncio.ensure_future(way.run()) for way in self.ways.values()]
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled() and (bug := task.exception()) and not isinstance(bug, OSError):
                raise bug
        self.end()

    def end(self, abruptly: bool = False) -> None:
        for writer in self._writers:
            if abruptly:
                _reset(writer)
            elif not writer.is_closing():
                writer.close()


class Way:
    """One direction."""

    def __init__(self, exchange: Exchange, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.exchange, self.name, self.reader, self.writer = exchange, name, reader, writer
        self.position = 0  # bytes that came and were dealt with
        self.frames = FrameCounter()
        self.data = b""  # came, not dealt with

    async def run(self) -> None:
        try:
            while True:
                await self._strike_if_due()
                if not self.data and not await self._more():
                    break
                due = self._due()
                self._pass(len(self.data) if due is None else min(len(self.data), due.at - self.position))
        except OSError:
            self.exchange.end(abruptly=True)
            return
        if self.writer.can_write_eof() and not self.writer.is_closing():
            self.writer.write_eof()

    async def _more(self) -> bool:
        data = await self.reader.read(READ_BYTES)
        if self.name == TO_BLENDER and self.position == 0 and not self.data:
            self._remember_token(data)
        self.data += data
        return bool(data)

    def _remember_token(self, data: bytes) -> None:
        try:
            self.exchange.proxy.token = json.loads(data[HEADER.size:])["hello"]["token"]
        except (ValueError, KeyError, TypeError):
            pass

    def _pass(self, count: int) -> None:
        """Lets the next `count` bytes through."""
        self._send(self._take(count))

    def _take(self, count: int) -> bytes:
        taken, self.data = self.data[:count], self.data[count:]
        self.position += len(taken)
        self.exchange.proxy.bytes[self.name] += len(taken)
        self.frames.feed(taken)
        return taken

    def _send(self, data: bytes) -> None:
        if data and not self.writer.is_closing():
            self.writer.write(data)

    async def _frame(self) -> bytes:
        """The rest of this frame, or a whole one when none has begun; less at the end of the stream."""
        taken = b""
        while True:
            missing = self.frames.missing
            taken += self._take(missing)
            if self.frames.at_boundary and taken:
                return taken
            if not self.data and not await self._more():
                return taken

    def _due(self) -> Fault | None:
        return self.exchange.plan.next(self.name) if self.exchange.proxy.armed else None

    async def _strike_if_due(self) -> None:
        while (fault := self._due()) and fault.at <= self.position:
            self.exchange.plan.done(self.name)
            self.exchange.proxy.struck[fault.kind] += 1
            await STRIKES[fault.kind](self, fault)

    # The faults

    async def _cut(self, fault: Fault) -> None:
        self.exchange.end()
        raise ConnectionAbortedError

    async def _reset(self, fault: Fault) -> None:
        self.exchange.end(abruptly=True)
        raise ConnectionAbortedError

    async def _half_close(self, fault: Fault) -> None:
        """The receiver hears the end; what the sender still says is swallowed."""
        if not self.writer.is_closing():
            self.writer.write_eof()
        while await self.reader.read(READ_BYTES):
            pass
        raise ConnectionAbortedError

    async def _garbage(self, fault: Fault) -> None:
        """Bytes that are nowhere in UTF-8, so that no text with them in it can be taken for another one."""
        source = random.Random(fault.seed)
        self._send(bytes(source.choice((0xC0, 0xC1, *range(0xF5, 0x100))) for _ in range(fault.size)))

    async def _duplicate_bytes(self, fault: Fault) -> None:
        if not self.data and not await self._more():
            return
        twice = self._take(min(fault.size, len(self.data)))
        self._send(twice + twice)

    async def _lose_bytes(self, fault: Fault) -> None:
        if not self.data and not await self._more():
            return
        self._take(min(fault.size, len(self.data)))

    async def _duplicate_frame(self, fault: Fault) -> None:
        if not self.frames.at_boundary:
            self._send(await self._frame())
        frame = await self._frame()
        self._send(frame + frame)

    async def _reorder(self, fault: Fault) -> None:
        """The second of two frames overtakes the first, if one comes soon."""
        if not self.frames.at_boundary:
            self._send(await self._frame())
        first = await self._frame()
        try:
            second = b"" if self.data else await asyncio.wait_for(self.reader.read(READ_BYTES), fault.seconds)
        except asyncio.TimeoutError:
            second = b""
        self.data += second
        self._send((await self._frame() if self.data else b"") + first)

    async def _delay(self, fault: Fault) -> None:
        await asyncio.sleep(fault.seconds)

    async def _stall(self, fault: Fault) -> None:
        """A long silence, then the end."""
        await asyncio.sleep(fault.seconds)
        await self._reset(fault)

    async def _trickle(self, fault: Fault) -> None:
        for _ in range(fault.size):
            if not self.data and not await self._more():
                return
            self._pass(1)
            await asyncio.sleep(0)

    async def _split(self, fault: Fault) -> None:
        source = random.Random(fault.seed)
        for _ in range(4):
            if not self.data and not await self._more():
                return
            self._pass(source.randint(1, max(1, len(self.data))))
            await asyncio.sleep(0.001)

    async def _coalesce(self, fault: Fault) -> None:
        """What comes within a moment arrives at once."""
        await asyncio.sleep(fault.seconds / 5)
        if await self._more():
            self._pass(len(self.data))


STRIKES = {
    "cut": Way._cut, "reset": Way._reset, "half-close": Way._half_close, "garbage": Way._garbage,
    "duplicate bytes": Way._duplicate_bytes, "lose bytes": Way._lose_bytes, "duplicate frame": Way._duplicate_frame,
    "reorder": Way._reorder, "delay": Way._delay, "stall": Way._stall, "trickle": Way._trickle, "split": Way._split,
    "coalesce": Way._coalesce,
}


class FrameCounter:
    """Where in a frame a stream is."""

    def __init__(self) -> None:
        self._header = b""
        self._body = 0  # bytes of the body that are still to come

    @property
    def at_boundary(self) -> bool:
        return not self._header and not self._body

    @property
    def missing(self) -> int:
        """Bytes to the end of the header or body that it is in."""
        return self._body or HEADER.size - len(self._header)

    def feed(self, data: bytes) -> None:
        while data:
            part, data = data[:self.missing], data[self.missing:]
            if self._body:
                self._body -= len(part)
                continue
            self._header += part
            if len(self._header) == HEADER.size:
                self._body = sum(HEADER.unpack(self._header))
                self._header = b""


def _reset(writer: asyncio.StreamWriter) -> None:
    if writer.transport.is_closing():
        return
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
