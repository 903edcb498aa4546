"""The judge of all other tests' messages itself. No daemon is needed."""

from __future__ import annotations

import json
import unittest
from typing import Any

from judge import Judge
from mcp_schema import MODERN

ENVELOPE = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
TEXT = {"content": [{"type": "text", "text": "x"}]}
AUDIO = {"content": [{"type": "audio", "data": "", "mimeType": "audio/wav"}]}


class JudgeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.judge = Judge()

    def ask(self, request_id: Any, method: str, **params: Any) -> None:
        message = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        self.judge.sent(json.dumps(message).encode() + b"\n")

    def answer(self, request_id: Any, result: Any) -> list[str]:
        return self.judge.faults({"jsonrpc": "2.0", "id": request_id, "result": result})

    def progress(self, token: Any, **more: Any) -> list[str]:
        return self.judge.faults({"jsonrpc": "2.0", "method": "notifications/progress",
                                  "params": {"progressToken": token, "progress": 1, **more}})

    def initialize(self, version: str) -> list[str]:
        self.ask(0, "initialize")
        return self.answer(0, {"protocolVersion": version, "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}})

    def test_the_revision_is_the_negotiated_one(self) -> None:
        for version in ("2024-11-05", "2025-06-18"):
            self.assertEqual(self.initialize(version), [])
            self.ask(1, "tools/call")
            self.assertEqual(self.answer(1, AUDIO) == [], version == "2025-06-18")

    def test_it_must_be_one_that_can_be_negotiated(self) -> None:
        self.assertIn("is answered with", self.initialize(MODERN)[0])

    def test_a_request_that_claims_a_revision_is_modern(self) -> None:
        self.initialize("2025-11-25")
        self.ask(1, "tools/call", _meta=ENVELOPE)
        self.ask(2, "tools/call")
        self.assertIn("'resultType' is a required", self.answer(1, TEXT)[0])
        self.assertEqual(self.answer(2, TEXT), [])

    def test_ids_of_each_type_are_apart(self) -> None:
        self.ask(1, "tools/call", _meta=ENVELOPE)
        self.ask("1", "ping")
        self.assertEqual(self.answer("1", {}), [])
        self.assertNotEqual(self.answer(1, {}), [])

    def test_a_request_is_forgotten_with_its_answer(self) -> None:
        self.ask(1, "tools/call")
        self.assertNotEqual(self.answer(1, {}), [])
        self.assertEqual(self.answer(1, {}), [])

    def test_progress(self) -> None:
        self.initialize("2024-11-05")
        self.ask(1, "tools/call", _meta={**ENVELOPE, "progressToken": "p"})
        self.assertEqual(self.progress("p", message="half"), [])
        self.assertNotEqual(self.progress("p", message=1), [])
        # 2024-11-05 does not know the message, so it is free there.
        self.assertEqual(self.progress("q", message=1), [])

    def test_what_is_no_message_is_passed_over(self) -> None:
        self.judge.sent(b'garbage\n[{"id":1}]\n7\n\xff\n{"id":1,"method":7}\n' + b"[" * 100_000)
        self.ask(1, "ping")
        self.assertEqual(self.answer(1, {}), [])
        self.assertNotEqual(self.judge.faults({"jsonrpc": "2.0", "error": {"code": -32602, "message": "m"}}), [])
