"""One Blender under load: who asks for too much is told so, and nobody else pays for it; large messages pass, and small ones beside
them."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import statistics
import threading
import time
import unittest
from pathlib import Path
from typing import Any

from peers import ModernPeer, Peer, SocketPeer
from test_daemon_http import Server
from world import BLENDER, PATIENCE_S, World, wait_until

Json = dict[str, Any]

CLIENTS, CALLS = 20, 50  # 1,000 calls at once
ALLOWED = 40             # limits.concurrent
PLACES = 16 * ALLOWED    # in the queue for Blender
MEGABYTE = 10 ** 6
REPLY, REQUEST = 50 * MEGABYTE, 10 * MEGABYTE
# What such messages may leave behind. Blender's is not counted.
MEMORY = 400 * MEGABYTE
# A client alone against the same client beside a flood: it has every second turn, not every 200th.
SLOWER = 20
# A wait that short says nothing: the machine has other work.
LEAST_S = 0.2


class LoadTest(unittest.TestCase):
    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)

    def serve(self, **settings: str) -> Server:
        server = Server(self.world, launch=("--blender", BLENDER, "--launch", "always"), BLENDER_MCPD_SOCKET_ENABLED="true",
                        **{f"BLENDER_MCPD_{name}": value for name, value in settings.items()})
        self.addCleanup(server.close)
        return server

    def peer(self) -> SocketPeer:
        peer = SocketPeer(self.world.folder / "blender-mcpd" / "daemon.sock")
        self.addCleanup(peer.close)
        return peer

    def test_a_thousand_calls_at_once_are_all_answered_once(self) -> None:
        server = self.serve(LIMITS_CONCURRENT=str(ALLOWED), POOL_ACQUIRE_TIMEOUT_S="60")
        peers: list[Peer] = [self.peer() for _ in range(CLIENTS)]
        create(peers[0], [f"load-{number}" for number in range(CLIENTS)])
        gate = Gate(self, self.peer())
        for number, peer in enumerate(peers):
            for turn in range(CALLS):
                peer.start("tools/call", edit(f"load-{number}", turn))
            peer.flush()
        # Nobody is served yet: whoever is over a limit, of its client or of the queue, must be told so without waiting for that.
        wait_until(lambda: self.refused(server) == CLIENTS * CALLS - PLACES, lambda: f"{self.refused(server)} were refused")
        self.assertEqual(metric(server, "mcp_calls_in_flight"), 1 + PLACES)
        gate.open()
        generations = []
        refused = 0
        for number, peer in enumerate(peers):
            served = 0
            for reply in peer.finish():
                about = reply["result"].get("_meta", {}).get("blender-mcpd/error", {})
                if reply["result"].get("isError"):
                    self.assertEqual((about["code"], about["outcome"]), ("busy", "not_applied"))
                    self.assertGreater(about["retry_after_s"], 0)
                    refused += 1
                else:
                    self.assertEqual(reply["result"]["structuredContent"]["updated"], [f"load-{number}"])
                    generations.append(reply["result"]["structuredContent"]["generation"])
                    served += 1
            self.assertLessEqual(served, ALLOWED)
            self.assertEqual(peer.faults, [])
        self.assertEqual((len(generations), refused), (PLACES, CLIENTS * CALLS - PLACES))
        self.assertEqual(len(set(generations)), PLACES)  # each edit was made once

    def refused(self, server: Server) -> int:
        """By the limits; and by the queue: let through, but neither in flight nor, as the first call of all, served."""
        in_flight = metric(server, "mcp_calls_in_flight")
        return (metric(server, r'rate_limiter_refused_total\{reason="concurrency"\}')
                + metric(server, "rate_limiter_admitted_total") - 1 - in_flight)

    def test_a_full_queue_says_when_to_come_back(self) -> None:
        self.serve(POOL_ACQUIRE_TIMEOUT_S="0.5", POOL_CONNECT_TIMEOUT_S="0.5")
        peer = self.peer()
        create(peer, ["load-0"])
        gate = Gate(self, self.peer())
        result = peer.ask("tools/call", edit("load-0", 1))["result"]
        about = result["_meta"]["blender-mcpd/error"]
        gate.open()
        self.assertEqual((about["code"], about["outcome"]), ("busy", "not_applied"))
        self.assertIn(about["retry_after_s"], range(1, 61))
        self.assertIn("Blender is busy with earlier calls", result["content"][0]["text"])

    def test_a_flood_does_not_delay_others_by_more_than_their_turns(self) -> None:
        self.serve(LIMITS_CONCURRENT="256", POOL_ACQUIRE_TIMEOUT_S="90")
        flood, other = self.peer(), self.peer()
        create(other, ["load-0", "load-1"])
        alone = statistics.median(self.times(other))
        stop = threading.Event()

        def run() -> None:
            turn = 0
            while not stop.is_set():
                for _ in range(200):
                    turn += 1
                    flood.start("tools/call", edit("load-1", turn))
                flood.finish()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            beside = statistics.median(self.times(other))
        finally:
            stop.set()
            thread.join()
        print(f"\n  one edit takes {alone * 1e3:.2f} ms alone, {beside * 1e3:.2f} ms beside a flood of 200", flush=True)
        self.assertLess(beside, SLOWER * alone)
        self.assertEqual(flood.faults + other.faults, [])

    def times(self, peer: Peer) -> list[float]:
        """Of 60 calls, one after the other, in seconds."""
        found = []
        for turn in range(60):
            begin = time.monotonic()
            reply = peer.ask("tools/call", edit("load-0", turn))
            found.append(time.monotonic() - begin)
            self.assertNotIn("isError", reply["result"], reply)
        return found

    def test_large_messages_pass_byte_for_byte_beside_small_ones(self) -> None:
        server = self.serve()
        line, web, small = self.peer(), ModernPeer(server), self.peer()
        self.addCleanup(web.close)
        create(small, ["load-0"])
        before = memory(server)
        watch = Watch(small)
        with watch:
            for peer in (line, web):
                with self.subTest(type(peer).__name__, message="reply"):
                    self.assertEqual(self.run_script(peer, f"result = ('0123456789abcdé' * {REPLY // 16 + 1})[:{REPLY}]"),
                                     ("0123456789abcdé" * (REPLY // 16 + 1))[:REPLY])
                # The longest script has a million characters: what is larger is refused for that, not for its bytes.
                with self.subTest(type(peer).__name__, message="request"):
                    refused = peer.ask("tools/call", script("x" * REQUEST))["result"]
                    self.assertTrue(refused["isError"])
                    self.assertIn("code", refused["content"][0]["text"])
                    text = "\U0001f600" * (REQUEST // len(r"\ud83d\ude00") + 1)  # so JSON spells each in ASCII
                    self.assertEqual(self.run_script(peer, f"result = {text!r}"), text)
                self.assertEqual(peer.faults, [])
        self.assertEqual(watch.faults, [])
        print(f"\n  {watch.count} small calls beside them, the longest took {watch.longest * 1e3:.0f} ms; "
              f"memory was {before / MEGABYTE:.0f} MB, is {memory(server) / MEGABYTE:.0f} MB", flush=True)
        self.assertGreater(watch.count, 10)
        wait_until(lambda: memory(server) < before + MEMORY, lambda: f"the daemon keeps {memory(server)} bytes")

    def test_small_calls_do_not_wait_for_a_large_one(self) -> None:
        server = self.serve()
        large = self.peer()
        self.run_script(large, "result = 'begun'")
        cases = {
            "a reply": script(f"result = ('0123456789abcdé' * {REPLY // 16 + 1})[:{REPLY}]"),
            "a request": script("x" * REQUEST),
        }
        for what, params in cases.items():
            with self.subTest(what), Pinger(self.world.folder / "blender-mcpd" / "daemon.sock") as pinger:
                begin = time.monotonic()
                large.start("tools/call", params)
                (reply,) = large.finish()
                took = time.monotonic() - begin
                longest, count = pinger.end()
                print(f"\n  beside {what} that took {took:.2f} s, the longest of {count} pings took {longest * 1e3:.0f} ms", flush=True)
                self.assertIn("result", reply)
                self.assertGreater(count, 10)
                # On one loop it is a quarter of that time and more; beside it, a hundredth.
                self.assertLess(longest, max(took / 10, LEAST_S))
        self.assertLess(peak_memory(server), 4 * 100 * MEGABYTE)

    def test_a_client_that_does_not_read_its_large_reply_keeps_nobody(self) -> None:
        """Order alone: the calls of another are answered between the first and the last byte of the reply."""
        self.serve()
        large, small = self.peer(), self.peer()
        create(small, ["load-0"])
        large.start("tools/call", script(f"result = 'x' * {REPLY}"))
        large.flush()
        begin = large.read_bytes(1000)  # the rest is more than the socket takes
        for turn in range(20):
            self.assertNotIn("isError", small.ask("tools/call", edit("load-0", turn))["result"])
        rest = large.read_line()
        reply = json.loads(begin + rest)
        self.assertEqual(reply["result"]["structuredContent"]["result"], "x" * REPLY)

    def test_a_client_that_goes_in_the_middle_of_its_large_reply_leaves_nothing(self) -> None:
        server = self.serve()
        small = self.peer()
        create(small, ["load-0"])
        before = memory(server)
        for _ in range(3):
            large = self.peer()
            large.start("tools/call", script(f"result = 'x' * {REPLY}"))
            large.flush()
            large.read_bytes(1000)
            large.close()
        self.assertNotIn("isError", small.ask("tools/call", edit("load-0", 1))["result"])
        wait_until(lambda: memory(server) < before + 100 * MEGABYTE, lambda: f"the daemon keeps {memory(server)} bytes")

    def run_script(self, peer: Peer, code: str) -> str:
        reply = peer.ask("tools/call", script(code))
        result = reply["result"]
        self.assertNotIn("isError", result, str(result)[:2000])
        return result["structuredContent"]["result"]


class Gate:
    """A script that keeps Blender until it is opened."""

    def __init__(self, test: LoadTest, peer: Peer) -> None:
        pipe = test.world.folder / "gate"
        entered = test.world.folder / "entered"
        os.mkfifo(pipe)
        self._pipe = os.open(pipe, os.O_RDWR)
        test.addCleanup(os.close, self._pipe)
        self._peer = peer
        self._open = False
        test.addCleanup(self.open)
        peer.start("tools/call", script(f"open({str(entered)!r}, 'w').close(); open({str(pipe)!r}).read(1)"))
        peer.flush()
        wait_until(entered.exists, lambda: "the script did not begin")

    def open(self) -> None:
        if not self._open:
            self._open = True
            os.write(self._pipe, b"x")
            self._peer.finish()


class Pinger:
    """A process that pings over a connection of its own, one ping after the other, as long as it is entered: what the test parses
    does not hold it up."""

    def __init__(self, path: Path) -> None:
        context = multiprocessing.get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=self._run, args=(path, theirs), daemon=True)

    def __enter__(self) -> Pinger:
        self._process.start()
        self._ours.recv()  # it pings
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def end(self) -> tuple[float, int]:
        """The longest time in seconds, and how many there were."""
        self._ours.send(None)
        assert self._ours.poll(PATIENCE_S)
        return self._ours.recv()

    @staticmethod
    def _run(path: Path, pipe: Any) -> None:
        peer = SocketPeer(path)
        longest, count = 0.0, 0
        pipe.send(None)
        while not pipe.poll(0.001):
            begin = time.monotonic()
            peer.ask("ping")
            longest = max(longest, time.monotonic() - begin)
            count += 1
        pipe.send((longest, count))


class Watch:
    """Calls that need no turn in Blender, one after the other, as long as it is entered."""

    def __init__(self, peer: Peer) -> None:
        self.count = 0
        self.longest = 0.0
        self.faults: list[str] = []
        self._peer = peer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.faults += self._peer.faults

    def _run(self) -> None:
        while not self._stop.is_set():
            begin = time.monotonic()
            try:
                listed = self._peer.ask("tools/list")
                status = self._peer.ask("tools/call", {"name": "get_blender_status", "arguments": {}})
                if "tools" not in listed["result"] or status["result"].get("isError"):
                    self.faults.append(f"{listed} {status}")
            except Exception as error:  # noqa: BLE001 (told by the test)
                self.faults.append(repr(error))
                return
            self.longest = max(self.longest, time.monotonic() - begin)
            self.count += 1
            self._stop.wait(0.01)  # not a wait for anything: it leaves the processors to the large calls


def create(peer: Peer, names: list[str]) -> None:
    items = [{"kind": "empty", "name": name} for name in names]
    reply = peer.ask("tools/call", {"name": "create_objects", "arguments": {"items": items}})
    assert "isError" not in reply["result"], reply


def edit(name: str, turn: int) -> Json:
    return {"name": "update_objects", "arguments": {"items": [{"name": name, "location": [0, 0, turn]}]}}


def script(code: str) -> Json:
    return {"name": "execute_blender_code", "arguments": {"code": code}}


def metric(server: Server, name: str) -> int:
    _, _, text = server.ask("GET", "/metrics")
    found = re.search(rf"(?m)^blender_mcpd_{name} (\d+)$", text)
    return int(found[1]) if found else 0


def memory(server: Server, which: str = "VmRSS") -> int:
    """Resident, of the daemon alone, in bytes."""
    text = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(rf"{which}:\s+(\d+) kB", text)
    assert found
    return int(found[1]) * 1024


def peak_memory(server: Server) -> int:
    return memory(server, "VmHWM")


if __name__ == "__main__":
    unittest.main()
