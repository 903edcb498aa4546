"""What the session sends in the transcripts of its unit tests, judged by the published schemas."""

from __future__ import annotations

import json
import unittest
from pathlib import Path
from typing import Any

from mcp_schema import LEGACY, MODERN, Json, faults

TRANSCRIPTS = Path(__file__).resolve().parents[1] / "mcp" / "transcripts"
CLAIM = "io.modelcontextprotocol/protocolVersion"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
# What is asked before initialize is answered as in this revision.
DEFAULT = LEGACY[-1]
BATCHES = "2025-03-26"
REFUSED = -32600


class Transcript:
    """The messages that were sent, each with the revision that governs it and the method that it answers."""

    def __init__(self, path: Path) -> None:
        self._short: list[tuple[str, str]] = []
        self._revision = DEFAULT
        self._asked: dict[str, tuple[str, str]] = {}  # revision and method, by id
        self.sent: list[tuple[int, Any, str, str | None]] = []
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            kind, text = line[:1], self._expanded(line[2:])
            if kind == "!" and text.startswith("let "):
                self._short.append(("$" + text.split()[1], text.split(maxsplit=2)[2]))
            elif kind == "!" and text in ("destroy", "closed", "disconnect"):
                self._asked.clear()
            elif kind == ">":
                self._received(text)
            elif kind == "<":
                self._sent(number, json.loads(text.replace("<time>", "2026-01-01T00:00:00.000Z")))

    def _expanded(self, text: str) -> str:
        for name, value in self._short:
            text = text.replace(name, value)
        return text

    def _received(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        for one in message if isinstance(message, list) else [message]:
            if not isinstance(one, dict):
                continue
            if one.get("method") == "notifications/cancelled" and isinstance(one.get("params"), dict):
                self._asked.pop(json.dumps(one["params"].get("requestId")), None)
            if "method" in one and "id" in one:
                # A second request with the id of one that runs is refused; the first is still to be answered.
                self._asked.setdefault(json.dumps(one["id"]), (self._revision_of(one), str(one["method"])))

    def _revision_of(self, request: Json) -> str:
        params = request.get("params")
        meta = params.get("_meta") if isinstance(params, dict) else None
        return MODERN if isinstance(meta, dict) and CLAIM in meta else self._revision

    def _sent(self, number: int, message: Any) -> None:
        if isinstance(message, list):
            # By itself each: the schema has no answers without an id, which unreadable requests get.
            assert message and self._revision == BATCHES, f"line {number}: a batch in {self._revision}"
            for one in message:
                self._sent(number, one)
            return
        if "method" in message:
            tagged = SUBSCRIPTION in message.get("params", {}).get("_meta", {})
            self.sent.append((number, message, MODERN if tagged else self._revision, None))
            return
        asked = json.dumps(message.get("id"))
        revision, method = self._asked.get(asked, (self._revision, None))
        if message.get("error", {}).get("code") != REFUSED:
            self._asked.pop(asked, None)
        if method == "initialize" and "result" in message:
            revision = self._revision = message["result"]["protocolVersion"]
        self.sent.append((number, message, revision, method if "result" in message else None))


class TranscriptsTest(unittest.TestCase):
    def test_every_message_is_as_its_revision_has_it(self) -> None:
        paths = sorted(TRANSCRIPTS.glob("*.txt"))
        self.assertGreater(len(paths), 0)
        methods: set[tuple[str, str]] = set()
        for path in paths:
            for number, message, revision, method in Transcript(path).sent:
                with self.subTest(f"{path.name}:{number}"):
                    self.assertEqual(faults(message, revision, _judged(message, revision, method)), [])
                if method:
                    methods.add((revision, method))
        for method in ["tools/call", "prompts/get", "resources/read", "completion/complete", "tasks/get"]:
            self.assertIn((DEFAULT, method), methods)
            self.assertIn((MODERN, method), methods)


def _judged(message: Any, revision: str, method: str | None) -> str | None:
    """The method whose result this is. That of tasks/result is the one of the request behind the task."""
    return "tools/call" if method == "tasks/result" and revision in LEGACY else method


if __name__ == "__main__":
    unittest.main()
