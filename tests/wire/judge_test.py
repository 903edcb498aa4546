"""The judge of recordings finds what it should find, and nothing else."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import wire_judge

Json = dict[str, Any]

HELLO = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
    "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}}
WELCOME = {"jsonrpc": "2.0", "id": 0, "result": {
    "protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}}}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "t"}}
RESULT = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "x"}]}}
NO_CONTENT = {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text"}]}}
NO_NAME = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}
ERROR = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "no"}}
META = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                  "io.modelcontextprotocol/clientInfo": {"name": "c", "version": "1"},
                  "io.modelcontextprotocol/clientCapabilities": {}}}
MODERN_CALL = {**CALL, "params": {"name": "t", **META}}
PROGRESS = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}}
ELICIT = {"jsonrpc": "2.0", "id": 7, "method": "elicitation/create",
          "params": {"message": "?", "requestedSchema": {"type": "object", "properties": {}}}}


def post(message: Any, *headers: str) -> bytes:
    body = json.dumps(message).encode()
    return "\r\n".join(["POST /mcp HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


def answer(message: Any, *headers: str, status: int = 200) -> bytes:
    body = json.dumps(message).encode()
    return "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers,
                        "", ""]).encode() + body


def stream(*messages: Any, end: bool = True) -> bytes:
    chunks = [f"id: 1\ndata: {json.dumps(message)}\n\n".encode() for message in messages]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + (b"0\r\n\r\n" if end else b"")
    return b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + body


class JudgeTest(unittest.TestCase):
    def judge(self, *conversations: tuple[str, list[tuple[str, bytes]]]) -> list[tuple[str, str]]:
        """(sender, fault) of those that are found."""
        with tempfile.TemporaryDirectory() as folder:
            for number, (kind, records) in enumerate(conversations, 1):
                data = b"".join(f"{letter}{len(part):08x}".encode() + part for letter, part in [("#", b"test"), *records])
                (Path(folder) / f"{kind}-group-{number}").write_bytes(data)
            found, self.judged = wire_judge.judge(wire_judge.read(Path(folder)))
        self.assertEqual({fault.name for fault in found} - {"test"}, set())
        return [(fault.sender, fault.text) for fault in found]

    def lines(self, *said: tuple[str, Any]) -> list[tuple[str, str]]:
        return self.judge(("lines", [(kind, json.dumps(message).encode() + b"\n") for kind, message in said]))

    def test_good_lines(self) -> None:
        self.assertEqual(self.lines((">", HELLO), ("<", WELCOME), (">", CALL), ("<", PROGRESS), ("<", RESULT),
                                    ("<", ELICIT), (">", {"jsonrpc": "2.0", "id": 7, "result": {"action": "decline"}})), [])
        self.assertEqual(self.judged, 7)

    def test_lines_come_in_any_parts(self) -> None:
        text = json.dumps(NO_CONTENT).encode() + b"\n"
        found = self.judge(("lines", [(">", json.dumps(CALL).encode() + b"\n"), ("<", text[:9]), ("<", text[9:])]))
        self.assertEqual([sender for sender, _ in found], ["server"])

    def test_what_the_server_does_wrong(self) -> None:
        for message, expected in [(NO_CONTENT, "CallToolResult"), ({"jsonrpc": "2.0", "id": 1, "result": 3}, "JSONRPC"),
                                  ({"jsonrpc": "2.0", "method": "no/such"}, "a server sends no notification"),
                                  ({**ERROR, "error": {"code": "x"}}, "JSONRPCError"),
                                  ({**ELICIT, "params": {}}, "ElicitRequest")]:
            with self.subTest(expected):
                found = self.lines((">", HELLO), ("<", WELCOME), (">", CALL), ("<", message))
                self.assertEqual({sender for sender, _ in found}, {"server"})
                self.assertIn(expected, found[0][1])

    def test_the_revision_that_was_negotiated_counts(self) -> None:
        old = json.loads(json.dumps([HELLO, WELCOME]).replace("2025-06-18", "2024-11-05"))
        ((_, fault),) = self.lines((">", old[0]), ("<", old[1]), ("<", ELICIT))
        self.assertIn("in 2024-11-05 a server sends no request", fault)

    def test_a_request_says_itself_that_it_is_modern(self) -> None:
        result = {**RESULT, "result": {"resultType": "complete", **RESULT["result"]}}
        self.assertEqual(self.lines((">", MODERN_CALL), ("<", result)), [])
        ((sender, fault),) = self.lines((">", MODERN_CALL), ("<", RESULT))
        self.assertEqual(sender, "server")
        self.assertIn("resultType", fault)

    def test_what_the_client_does_wrong_is_a_fault_when_it_passes(self) -> None:
        ((sender, fault),) = self.lines((">", HELLO), ("<", WELCOME), (">", NO_NAME), ("<", RESULT))
        self.assertEqual(sender, "client")
        self.assertIn("'name' is a required property", fault)
        self.assertEqual(self.lines((">", HELLO), ("<", WELCOME), (">", NO_NAME), ("<", ERROR)), [])
        ((sender, _),) = self.lines((">", HELLO), ("<", WELCOME), ("<", ELICIT), (">", {"jsonrpc": "2.0", "id": 7, "result": {}}))
        self.assertEqual(sender, "client")

    def test_what_is_no_message_is_no_fault(self) -> None:
        self.assertEqual(self.judge(("lines", [(">", b"{\n[1]\n\xff\n\n"), ("<", b"half a li")])), [])
        self.assertEqual(self.judge(("http", [(">", b"GET"), ("<", b"HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n")])), [])

    def test_http(self) -> None:
        opened = ("http", [(">", post(HELLO)), ("<", answer(WELCOME, "Mcp-Session-Id: s1"))])
        good = ("http", [(">", post(CALL, "Mcp-Session-Id: s1")), ("<", stream(PROGRESS, RESULT))])
        self.assertEqual(self.judge(opened, good), [])
        self.assertEqual(self.judged, 5)
        bad = ("http", [(">", post(CALL, "Mcp-Session-Id: s1")), ("<", stream(NO_CONTENT, end=False))])
        self.assertEqual([sender for sender, _ in self.judge(opened, bad)], ["server"])

    def test_a_session_keeps_its_revision_over_connections(self) -> None:
        opened = ("http", [(">", post(HELLO)), ("<", answer(WELCOME, "Mcp-Session-Id: s1"))])
        listening = ("http", [(">", b"GET /mcp HTTP/1.1\r\nMcp-Session-Id: s1\r\n\r\n"),
                              ("<", stream({"jsonrpc": "2.0", "method": "notifications/elicitation/complete",
                                            "params": {"elicitationId": "1"}}))])
        ((_, fault),) = self.judge(opened, listening)
        self.assertIn("in 2025-06-18 a server sends no notification", fault)

    def test_connections_carry_several_requests(self) -> None:
        both = ("http", [(">", post(HELLO) + post(CALL)), ("<", answer(WELCOME) + answer(NO_CONTENT))])
        self.assertEqual([sender for sender, _ in self.judge(both)], ["server"])

    def test_refused_by_http(self) -> None:
        refused = ("http", [(">", post(NO_NAME)), ("<", answer({"jsonrpc": "2.0", "error": {"code": -32600, "message": "x"}},
                                                               status=400))])
        self.assertEqual(self.judge(refused), [])


if __name__ == "__main__":
    unittest.main()
