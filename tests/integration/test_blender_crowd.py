"""Fifty clients of every kind share one Blender: nobody gets what is another's, nobody waits for ever, nothing is left."""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
import unittest
from typing import Any

from peers import LegacyPeer, ModernPeer, Peer, ProxyPeer, SocketPeer
from test_daemon_http import Server
from world import BLENDER, PATIENCE_S, World, wait_until

Json = dict[str, Any]

CLIENTS = 50
ROUNDS = 16
PER_ROUND = 25  # an edit, and four times six requests at once; CLIENTS * ROUNDS * PER_ROUND = 20,000
PER_MINUTE = 600  # more than one of the crowd calls in all
FLOOD = (6, 240)  # so many times so many calls at once: nearly all that one client may have
TURNS = 6         # CLIENTS * TURNS, all waiting, are more than limits.concurrent gives to one client


class CrowdTest(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)
        self.server = Server(
            self.world, launch=("--blender", BLENDER, "--launch", "always"), BLENDER_MCPD_SOCKET_ENABLED="true",
            BLENDER_MCPD_LIMITS_PER_MINUTE=str(PER_MINUTE), BLENDER_MCPD_POOL_ACQUIRE_TIMEOUT_S="90")
        self.addCleanup(self.server.close)
        # Kept, as an end of its own would be seen at some other time.
        self.observer = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        self.addCleanup(self.observer.close)
        # Blender starts now, so that what is open from now on does not change by itself.
        first = self.socket_peer()
        items = [{"kind": "empty", "name": f"crowd-{number}"} for number in range(CLIENTS)]
        created = first.ask("tools/call", {"name": "create_objects", "arguments": {"items": items}})
        self.assertNotIn("isError", created["result"], created)
        first.close()
        self.assertComesTo("unix_connections", 0)
        self.before = self.descriptors()
        self.peers: list[Peer] = []
        for number in range(CLIENTS):
            make = (lambda: LegacyPeer(self.server), lambda: ModernPeer(self.server), self.socket_peer,
                    lambda: ProxyPeer(self.world))[number % 4]
            self.peers.append(make())

    def socket_peer(self) -> SocketPeer:
        return SocketPeer(self.world.folder / "blender-mcpd" / "daemon.sock")

    def metrics(self) -> str:
        self.observer.request("GET", "/metrics", headers={"Authorization": f"Bearer {self.server.token}"})
        return self.observer.getresponse().read().decode()

    def metric(self, name: str) -> int:
        try:
            text = self.metrics()
        except ConnectionError:  # a slow crowd: the daemon closes what was silent for a minute
            self.observer.close()
            text = self.metrics()
        found = re.search(rf"(?m)^blender_mcpd_{name} (\d+)$", text)
        return int(found[1]) if found else 0

    def assertComesTo(self, name: str, value: int) -> None:
        wait_until(lambda: self.metric(name) == value, lambda: f"{name} is {self.metric(name)}, not {value}")

    def descriptors(self) -> list[str]:
        """What the daemon has open, without what tells one socket from another."""
        folder = f"/proc/{self.server.process.pid}/fd"
        found = []
        for entry in os.listdir(folder):
            try:
                found.append(re.sub(r"\d+", "N", os.readlink(f"{folder}/{entry}")))
            except FileNotFoundError:
                continue  # closed meanwhile
        return sorted(found)

    def part(self) -> None:
        """Everybody leaves, and takes along what was theirs."""
        for peer in self.peers:
            peer.ask("prompts/list")  # whatever else there was to come has come before this answer
            peer.close()
        self.assertEqual([fault for peer in self.peers for fault in peer.faults], [])
        for name, left in [("mcp_calls_in_flight", 0), ("mcp_tasks_working", 0), ("unix_connections", 0), ("http_sessions", 0),
                           ("http_connections", 1)]:  # of who asks
            self.assertComesTo(name, left)
        wait_until(lambda: self.descriptors() == self.before, lambda: f"{self.descriptors()} are open, not {self.before}")

    def test_everybody_gets_their_own_answers(self) -> None:
        wrong: list[str] = []
        counts: list[int] = []

        def converse(number: int) -> None:
            try:
                counts.append(Conversation(number, self.peers[number]).run())
            except Exception as error:  # noqa: BLE001 (told by the test)
                wrong.append(f"{number}: {type(error).__name__}: {str(error)[:2000]}")

        flood = Flood(self.socket_peer())
        threads = [threading.Thread(target=converse, args=(number,)) for number in range(CLIENTS)]
        threads.append(threading.Thread(target=flood.run))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(sum(counts), CLIENTS * ROUNDS * PER_ROUND)
        flood.peer.close()
        self.assertEqual(flood.wrong + flood.peer.faults, [])
        self.assertGreaterEqual(flood.admitted, PER_MINUTE)
        self.assertGreater(flood.refused, 0)
        self.assertEqual(flood.admitted + flood.refused, FLOOD[0] * FLOOD[1])
        self.assertEqual(self.metric(r'rate_limiter_refused_total\{reason="rate"\}'), flood.refused)
        self.part()

    def test_who_waits_is_served_in_turn(self) -> None:
        release = self.world.folder / "release"
        os.mkfifo(release)
        gate = os.open(release, os.O_RDWR)
        self.addCleanup(os.close, gate)
        holder = self.socket_peer()
        holder.start("tools/call", {"name": "execute_blender_code", "arguments": {"code": f"open({str(release)!r}).read(1)"}})
        holder.flush()
        try:
            self.assertComesTo("mcp_calls_in_flight", 1)
            for turn in range(TURNS):
                for number, peer in enumerate(self.peers):
                    arguments = {"items": [{"name": f"crowd-{number}", "location": [number, turn, 0]}]}
                    peer.start("tools/call", {"name": "update_objects", "arguments": arguments})
                    peer.flush()
                self.assertComesTo("mcp_calls_in_flight", 1 + (turn + 1) * CLIENTS)
        finally:
            os.write(gate, b"x")
        holder.finish()
        holder.close()
        # Blender counts its edits, which tells their order.
        served = []
        for number, peer in enumerate(self.peers):
            for reply in peer.finish():
                result = content_of(reply)
                self.assertEqual(result["updated"], [f"crowd-{number}"])
                served.append((result["generation"], number))
        self.assertEqual(len(served), CLIENTS * TURNS)
        self.assertEqual(len({generation for generation, _ in served}), len(served))
        counts = [0] * CLIENTS
        for _, number in sorted(served):
            counts[number] += 1
            # Without a session, each connection is a client, and a modern peer has one for each call that waits.
            turns = [count for count, peer in zip(counts, self.peers, strict=True) if not peer.modern]
            self.assertLessEqual(max(turns) - min(turns), 1, counts)
        self.part()


def content_of(reply: Json) -> Json:
    assert "structuredContent" in reply.get("result", {}), reply
    return reply["result"]["structuredContent"]


class Conversation:
    """What one client of the crowd asks, and what it must hear."""

    def __init__(self, number: int, peer: Peer) -> None:
        self.number, self.peer = number, peer
        self.own = f"crowd-{number}"
        self.place = [0.0, 0.0, 0.0]

    def run(self) -> int:
        """How many requests were answered."""
        if self.number < 4:  # one of each kind
            self.render()
        return sum(self.round(number) for number in range(ROUNDS))

    def render(self) -> None:
        token = f"render-{self.number}"
        size = [32 + self.number, 24]
        arguments = {"engine": "cycles", "samples": 3, "resolution": size}
        image = content_of(self.peer.ask("tools/call", {"name": "render", "arguments": arguments}, token))["image"]
        assert [image["width"], image["height"]] == size, image
        assert self.peer.progress, "no progress was reported"
        assert {step["progressToken"] for step in self.peer.progress} == {token}, self.peer.progress
        values = [step["progress"] for step in self.peer.progress]
        assert values == sorted(set(values)), values

    def round(self, turn: int) -> int:
        self.place = [float(self.number), float(turn), 0.0]
        edit = {"items": [{"name": self.own, "location": self.place}]}
        reply = self.peer.ask("tools/call", {"name": "update_objects", "arguments": edit})
        assert content_of(reply)["updated"] == [self.own], reply
        kinds = (self.absent, self.prompt, self.absent, self.present, self.unknown, self.resource)
        for batch in range(4):
            wanted = [kind(f"{self.number}-{turn}-{batch}-{index}") for index, kind in enumerate(kinds)]
            replies = self.peer.ask_all([(method, params) for method, params, _ in wanted])
            for (method, params, fits), answer in zip(wanted, replies, strict=True):
                assert fits(answer), f"{method} {params} is answered with {answer}"
        return 1 + 4 * len(kinds)

    # Each: a request that nobody else sends, and what tells its answer from all others.

    def absent(self, mark: str) -> tuple[str, Json, Any]:
        def fits(reply: Json) -> bool:
            content = content_of(reply)
            return self.is_own(content["objects"]) and [item["name"] for item in content["missing"]] == [f"no-{mark}"]
        return "tools/call", {"name": "get_object_info", "arguments": {"names": [self.own, f"no-{mark}"]}}, fits

    def present(self, _mark: str) -> tuple[str, Json, Any]:
        def fits(reply: Json) -> bool:
            return self.is_own(content_of(reply)["objects"])
        return "tools/call", {"name": "get_object_info", "arguments": {"names": [self.own]}}, fits

    def resource(self, _mark: str) -> tuple[str, Json, Any]:
        uri = f"blender://default/object/{self.own}"

        def fits(reply: Json) -> bool:
            (content,) = reply["result"]["contents"]
            return content["uri"] == uri and self.is_own(json.loads(content["text"])["objects"])
        return "resources/read", {"uri": uri}, fits

    def prompt(self, mark: str) -> tuple[str, Json, Any]:
        goal = f"a castle of {mark} stones"

        def fits(reply: Json) -> bool:
            return goal in json.dumps(reply["result"]["messages"])
        return "prompts/get", {"name": "asset_creation_strategy", "arguments": {"goal": goal}}, fits

    def unknown(self, mark: str) -> tuple[str, Json, Any]:
        return "tools/call", {"name": f"tool-{mark}"}, lambda reply: f"tool-{mark}" in reply["error"]["message"]

    def is_own(self, objects: list[Json]) -> bool:
        return [(item["name"], item["location"]) for item in objects] == [(self.own, self.place)]


class Flood:
    """One who calls more often than is allowed."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.admitted = self.refused = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        call = ("tools/call", {"name": "get_object_info", "arguments": {"names": ["Cube"]}})
        for _ in range(FLOOD[0]):
            for reply in self.peer.ask_all([call] * FLOOD[1]):
                result = reply["result"]
                about = result.get("_meta", {}).get("blender-mcpd/error", {})
                if not result.get("isError"):
                    self.admitted += 1
                elif about.get("code") == "busy" and about.get("outcome") == "not_applied" and about.get("retry_after_s", 0) > 0:
                    self.refused += 1
                else:
                    self.wrong.append(str(reply))


if __name__ == "__main__":
    unittest.main()
