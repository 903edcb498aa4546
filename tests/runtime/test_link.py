"""Hello, framing, control operations."""

from __future__ import annotations

import json
import socket
import struct
import unittest
import uuid

from harness import HEADER, PATIENCE_S, RUNTIME_HASH, TOKEN, BlenderTestCase


class HelloTest(BlenderTestCase):
    def test_hello_says_who_answers(self) -> None:
        hello = self.client.hello
        self.assertEqual((hello["link"], hello["name"], hello["runtime"]), (1, "test", RUNTIME_HASH))
        self.assertTrue(hello["background"])
        self.assertEqual(len(hello["blender"]), 3)
        self.assertRegex(hello["python"], r"^3\.\d+\.\d+")
        self.assertEqual(hello, self.blender.ready["hello"])

    def test_the_generation_can_be_read_without_asking(self) -> None:
        about = self.client.hello["generation"]
        with open(f"/proc/{self.client.hello['pid']}/fd/{about['fd']}", "rb", buffering=0) as shared:
            def page() -> tuple[bytes, int, int, int]:
                shared.seek(0)
                return struct.unpack("=16s3Q", shared.read(40))

            nonce, seen, unseen, unwatched = page()
            self.assertEqual((nonce.hex(), unseen, unwatched), (about["nonce"], 0, 0))
            self.client.call("create_objects", items=[{"kind": "cube"}])
            changed = page()[1]
            self.assertEqual(changed, seen + 1)
            self.assertEqual(self.client.request("ping")["gen"], changed)

            # A thread may edit at any time, and nobody says so.
            self.client.run("import bpy, threading\nbpy.ends = threading.Event()\n"
                            "bpy.thread = threading.Thread(target=bpy.ends.wait)\nbpy.thread.start()\nresult = 0")
            self.assertEqual(page()[3], 1)
            self.client.run("import bpy\nbpy.ends.set()\nbpy.thread.join()\nresult = 0")
            _, seen, unseen, unwatched = page()
            self.assertEqual(unwatched, 1)  # until somebody has looked
            gen = self.client.request("ping")["gen"]
            self.assertGreater(gen, seen + unseen)
            _, seen, unseen, unwatched = page()
            self.assertEqual((seen + unseen, unwatched), (gen, 0))
            # Whoever has it mapped must not lose it, whatever a script does.
            self.assertTrue(self.client.run(
                f"import os\ntry:\n    os.ftruncate({about['fd']}, 0)\n    result = False\nexcept PermissionError:\n    result = True"))

    def test_bad_hellos_are_closed_without_a_word(self) -> None:
        good = {"link": 1, "token": TOKEN, "name": "tests", "pid": 1}
        cases = {
            "wrong token": {"hello": {**good, "token": "0" * 16}},
            "unicode token": {"hello": {**good, "token": "é"}},
            "token of a wrong type": {"hello": {**good, "token": 7}},
            "wrong link version": {"hello": {**good, "link": 2}},
            "hello of a wrong type": {"hello": []},
            "a request first": {"id": 1, "op": "ping"},
        }
        for name, message in cases.items():
            with self.subTest(name), self.assertRaises(ConnectionError):
                self._exchange(message)

    def test_who_asks_without_a_token_hears_what_it_is_and_no_more(self) -> None:
        body = json.dumps({"hello": {"link": 1, "name": "tests"}}).encode()
        with socket.create_connection(("127.0.0.1", self.blender.port), timeout=PATIENCE_S) as sock:
            sock.sendall(HEADER.pack(len(body), 0) + body)
            told = b""
            while data := sock.recv(65536):
                told += data
        self.assertEqual(json.loads(told[HEADER.size:]), {"refused": {"link": 1, "name": "blender-mcpd"}})

    def _exchange(self, message: object) -> None:
        body = json.dumps(message).encode()
        self._exchange_bytes(HEADER.pack(len(body), 0) + body)

    def _exchange_bytes(self, data: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.blender.port), timeout=PATIENCE_S) as sock:
            sock.sendall(data)
            if sock.recv(1) == b"":
                raise ConnectionError
            self.fail("Blender answered")

    def test_bad_first_frames_are_closed(self) -> None:
        cases = {
            "json over the limit of a hello": HEADER.pack(1 << 20, 0),
            "a blob with the hello": HEADER.pack(2, 1),
            "not JSON": HEADER.pack(3, 0) + b"{{{",
            "not UTF-8": HEADER.pack(2, 0) + b"\xff\xff",
            "not an object": HEADER.pack(2, 0) + b"[]",
            "HTTP": b"GET / HTTP/1.1\r\n\r\n",
        }
        for name, data in cases.items():
            with self.subTest(name), self.assertRaises(ConnectionError):
                self._exchange_bytes(data)

    def test_a_silent_client_is_closed(self) -> None:
        with self.assertRaises(ConnectionError):
            self._exchange_bytes(b"")

    def test_more_connections_than_anybody_needs_are_refused(self) -> None:
        sockets = []
        try:
            for _ in range(70):
                sockets.append(socket.create_connection(("127.0.0.1", self.blender.port), timeout=PATIENCE_S))
            self.assertEqual(sockets[-1].recv(1), b"")
        finally:
            for sock in sockets:
                sock.close()
        self.assertEqual(self.client.call("ping"), {})


class FrameTest(BlenderTestCase):
    def assertClosed(self, data: bytes) -> None:
        client = self.connect()
        client.sock.sendall(data)
        with self.assertRaises(ConnectionError):
            client.read()
        self.assertEqual(self.client.call("ping"), {})

    def test_broken_frames_close_that_connection_alone(self) -> None:
        cases = {
            "json over 64 MiB": HEADER.pack((64 << 20) + 1, 0),
            "blob over 1 GiB": HEADER.pack(2, (1 << 30) + 1),
            "not JSON": HEADER.pack(1, 0) + b"{",
            "NaN": HEADER.pack(10, 0) + b'{"id": NaN}'[:10],
            "too deep": HEADER.pack(200_000, 0) + b"[" * 200_000,
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.assertClosed(data)

    def test_a_frame_may_come_byte_by_byte_and_two_at_once(self) -> None:
        body = b'{"id":1,"op":"ping"}'
        framed = HEADER.pack(len(body), 0) + body
        for byte in framed:
            self.client.sock.sendall(bytes([byte]))
        self.assertEqual(self.client.read()[0]["result"], {})
        self.client.sock.sendall(framed + framed)
        self.assertEqual([self.client.read()[0]["id"] for _ in range(2)], [1, 1])

    def test_a_blob_in_a_request_is_read_past(self) -> None:
        self.client.send({"id": 5, "op": "ping"}, b"x" * 100_000)
        self.assertEqual(self.client.read()[0]["id"], 5)
        self.assertEqual(self.client.call("ping"), {})

    def test_large_frames_go_both_ways(self) -> None:
        text = "ä" * 5_000_000
        self.assertEqual(self.client.run(f"result = {text!r}"), text)

    def test_the_reply_has_its_members_in_order(self) -> None:
        reply = self.client.request("get_scene_info")
        self.assertEqual(list(reply), ["id", "ok", "gen", "ms", "result"])
        reply = self.client.request("no_such_op")
        self.assertEqual(list(reply), ["id", "ok", "gen", "ms", "error"])

    def test_malformed_requests_are_answered(self) -> None:
        cases = [
            ("op", {"id": 1, "uuid": "a", "args": {}}),
            ("args", {"id": 1, "uuid": "a", "op": "get_scene_info", "args": []}),
            ("uuid", {"id": 1, "op": "get_scene_info"}),
            ("uuid", {"id": 1, "uuid": "", "op": "get_scene_info"}),
            ("deadline_ms", {"id": 1, "uuid": "a", "op": "get_scene_info", "deadline_ms": "1"}),
            ("args.uuid", {"id": 1, "op": "outcome"}),
        ]
        for field, message in cases:
            with self.subTest(field):
                self.client.send(message)
                error = self.client.read()[0]["error"]
                self.assertEqual((error["kind"], error["field"]), ("invalid", field))

    def test_an_unknown_operation(self) -> None:
        self.assertFails("unknown_op", "make_coffee", {})


class ControlTest(BlenderTestCase):
    def test_status_of_an_idle_blender(self) -> None:
        status = self.client.call("status")
        self.assertEqual((status["state"], status["running"], status["queue"]), ("ready", None, 0))
        self.assertEqual((status["file"], status["dirty"], status["background"]), ("", False, True))
        self.assertEqual(status["blender"], self.client.hello["blender"])
        self.assertTrue(status["version"].startswith(".".join(map(str, status["blender"]))))
        self.assertGreater(status["uptime_s"], 0)
        self.assertEqual(status["runtime"], RUNTIME_HASH)

    def test_control_operations_answer_while_a_script_runs(self) -> None:
        gate, request_uuid = self.gate(), str(uuid.uuid4())
        running = self.client.start("execute_blender_code", {"code": gate.code}, uuid=request_uuid)
        self.wait_for_state("running", request_uuid)
        waiting = self.client.start("get_scene_info")
        status = self.client.call("status")  # the same connection still answers
        self.assertEqual(self.client.call("ping"), {})
        self.assertEqual((status["state"], status["queue"]), ("busy", 1))
        self.assertEqual((status["running"]["op"], status["running"]["uuid"]), ("execute_blender_code", request_uuid))
        self.assertGreaterEqual(status["running"]["for_ms"], 0)
        gate.open()
        self.assertTrue(self.client.reply(running)[0]["ok"])
        self.assertTrue(self.client.reply(waiting)[0]["ok"])
        self.assertEqual(self.client.call("status")["state"], "ready")

    def test_commands_run_in_the_order_of_arrival(self) -> None:
        gate = self.gate()
        ids = [self.client.start("execute_blender_code", {"code": code, "namespace": "session"})
               for code in (gate.code + "\norder = [0]", "order.append(1)", "order.append(2)\nresult = order")]
        gate.open()
        self.assertEqual([self.client.reply(i)[0]["ok"] for i in ids[:2]], [True, True])
        self.assertEqual(self.client.reply(ids[2])[0]["result"]["result"], [0, 1, 2])

    def test_a_client_that_does_not_read_stops_nobody(self) -> None:
        lazy = self.connect()
        ids = [lazy.start("execute_blender_code", {"code": "result = 'x' * 8_000_000"}) for _ in range(12)]
        self.assertTrue(self.client.call("get_scene_info")["scene"])
        for request_id in ids:
            self.assertEqual(len(lazy.reply(request_id)[0]["result"]["result"]), 8_000_000)


if __name__ == "__main__":
    unittest.main()
