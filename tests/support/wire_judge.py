"""Judges what was recorded between MCP clients and servers by the schema of each message's revision, in both directions.

A recording is a file of records: a letter, the size in eight hexadecimal digits, and the bytes. '#' names the conversation,
'>' was sent by the client, '<' by the server. Files are named KIND-GROUP-NUMBER: `http` for one connection, `lines` for
messages that are lines. Sessions live across the connections of a group.

What breaks the schema and is refused is no fault of its sender: tests send such things. Bytes that are no message are none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from mcp_schema import LEGACY, MODERN, Json, client_faults, faults

CLAIM = "io.modelcontextprotocol/protocolVersion"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
MAX_SIZE = 4 << 20  # of one message; larger ones are bulk data of one shape


class Fault(NamedTuple):
    name: str  # of the conversation
    sender: str  # "client" or "server"
    text: str
    message: str


class Asked(NamedTuple):
    method: str
    revision: str
    faults: list[str]  # of the request
    raw: str


class Judge:
    """Of one session, or of a connection without one."""

    def __init__(self, name: str, found: list[Fault]) -> None:
        self._name = name
        self._found = found
        self._negotiated: str | None = None
        self._asked: dict[str, Asked] = {}      # by the client, by id
        self._questions: dict[str, str] = {}    # of the server: method by id
        self.judged = 0

    def sent(self, message: Json) -> None:
        self.judged += 1
        revision = self._revision_of(message)
        identity = json.dumps(message.get("id"))
        if "method" in message and "id" in message:
            wrong = client_faults(message, revision) if isinstance(message["method"], str) else ["no method"]
            # A second request with the id of one that runs is refused; the first is still to be answered.
            self._asked.setdefault(identity, Asked(str(message["method"]), revision, wrong, _short(message)))
            return
        method = None if "method" in message else self._questions.pop(identity, None)
        self._add("client", client_faults(message, revision, method), message)

    def received(self, message: Json) -> None:
        self.judged += 1
        if "method" in message:
            if "id" in message:
                self._questions[json.dumps(message["id"])] = message["method"]
            self._add("server", faults(message, self._revision_of_notification(message)), message)
            return
        asked = self._asked.get(json.dumps(message.get("id")))
        revision = asked.revision if asked else self._negotiated or LEGACY[-1]
        result = message.get("result")
        if asked and asked.method == "initialize" and result:
            revision = self._negotiated = result["protocolVersion"]
        method = asked.method if asked else None
        # The result of tasks/result is that of the request behind the task.
        method = "tools/call" if method == "tasks/result" and revision in LEGACY else method
        self._add("server", faults(message, revision, method if "error" not in message else None), message)
        if asked and asked.faults and "error" not in message and not (result or {}).get("isError"):
            self._found += [Fault(self._name, "client", fault, asked.raw) for fault in asked.faults]
        self._asked.pop(json.dumps(message.get("id")), None)

    def refused(self, message: Json) -> None:
        """By HTTP itself, or with an error that has no id."""
        self._asked.pop(json.dumps(message.get("id")), None)

    def _revision_of(self, message: Json) -> str:
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        if isinstance(params.get("_meta"), dict) and CLAIM in params["_meta"]:
            return MODERN
        if message.get("method") == "initialize" and params.get("protocolVersion") in LEGACY:
            return params["protocolVersion"]
        if message.get("method") == "notifications/cancelled" and (asked := self._asked.get(json.dumps(params.get("requestId")))):
            return asked.revision
        return self._negotiated or LEGACY[-1]

    def _revision_of_notification(self, message: Json) -> str:
        """Modern ones belong to a request of theirs."""
        params = message.get("params") or {}
        modern = any(asked.revision == MODERN for asked in self._asked.values())
        if SUBSCRIPTION in (params.get("_meta") or {}) or self._negotiated is None and modern:
            return MODERN
        return self._negotiated or LEGACY[-1]

    def _add(self, sender: str, wrong: list[str], message: Json) -> None:
        self._found += [Fault(self._name, sender, fault, _short(message)) for fault in wrong]


class Recorded(NamedTuple):
    path: Path
    name: str
    records: list[tuple[str, bytes]]

    def bytes_of(self, kind: str) -> bytes:
        return b"".join(data for letter, data in self.records if letter == kind)


def read(folder: Path) -> list[Recorded]:
    return [_read_file(path) for path in sorted(folder.iterdir(), key=_order)]


def judge(recordings: Iterable[Recorded]) -> tuple[list[Fault], int]:
    """All faults, and how many messages were judged."""
    found: list[Fault] = []
    sessions: dict[tuple[str, str], Judge] = {}  # by group and session id
    judges: list[Judge] = []
    for recorded in recordings:
        own = Judge(recorded.name, found)
        judges.append(own)
        kind, group, _ = recorded.path.name.split("-", 2)
        if kind == "lines":
            _judge_lines(own, recorded)
        else:
            _judge_connection(own, recorded, group, sessions)
    return found, sum(each.judged for each in judges)


def _judge_lines(judge: Judge, recorded: Recorded) -> None:
    rest = {">": b"", "<": b""}
    for kind, data in recorded.records:
        if kind not in rest:
            continue
        *lines, rest[kind] = (rest[kind] + data).split(b"\n")
        for line in lines:
            for message in _messages(line):
                (judge.sent if kind == ">" else judge.received)(message)


def _judge_connection(own: Judge, recorded: Recorded, group: str, sessions: dict[tuple[str, str], Judge]) -> None:
    requests = list(_requests(recorded.bytes_of(">")))
    answers = list(_answers(recorded.bytes_of("<"), [method for method, _, _ in requests]))
    for request, answer in zip_longest(requests, answers):
        _, headers, body = request or ("", {}, b"")
        judge = sessions.get((group, headers.get("mcp-session-id", "")), own)
        sent = list(_messages(body))
        for message in sent:
            judge.sent(message)
        if answer is None:
            continue
        status, answered, text = answer
        if session := answered.get("mcp-session-id"):
            sessions.setdefault((group, session), judge)
        stream = answered.get("content-type", "").startswith("text/event-stream")
        for message in (_events(text) if stream else _messages(text)):
            judge.received(message)
        if status >= 400:
            for message in sent:
                judge.refused(message)


def _messages(data: bytes) -> Iterator[Json]:
    """Of a body or a line: one message, a batch, or something else."""
    if len(data) > MAX_SIZE:
        return
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and item.get("jsonrpc") == "2.0":
            yield item


def _events(body: bytes) -> Iterator[Json]:
    for line in body.splitlines():
        if line.startswith(b"data: "):
            yield from _messages(line[6:])


def _requests(data: bytes) -> Iterator[tuple[str, dict[str, str], bytes]]:
    while (parsed := _head(data)) is not None:
        first, headers, data = parsed
        body, data = _body(headers, data, False)
        yield first.partition(" ")[0], headers, body


def _answers(data: bytes, methods: list[str]) -> Iterator[tuple[int, dict[str, str], bytes]]:
    asked = iter(methods)
    while (parsed := _head(data)) is not None:
        first, headers, data = parsed
        status = int(first.split()[1])
        method = next(asked, "") if status != 100 else ""
        body = b""
        # These have none, whatever their headers say of its length (RFC 9110, 6.4.1).
        if method != "HEAD" and status != 304:
            body, data = _body(headers, data, status not in (100, 202, 204))
        if status != 100:
            yield status, headers, body


def _head(data: bytes) -> tuple[str, dict[str, str], bytes] | None:
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}, rest


def _body(headers: dict[str, str], data: bytes, until_end: bool) -> tuple[bytes, bytes]:
    """The body, as far as it is there, and what follows."""
    if "chunked" in headers.get("transfer-encoding", ""):
        body = b""
        while True:
            line, end, data = data.partition(b"\r\n")
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError:
                return body, b""
            if not end or len(data) < size or size == 0:
                return body + data[:size], data[2:] if size == 0 else b""
            body, data = body + data[:size], data[size + 2:]
    length = headers.get("content-length", "")
    if length.isdecimal():
        return data[:int(length)], data[int(length):]
    return (data, b"") if until_end else (b"", data)


def _read_file(path: Path) -> Recorded:
    data, at = path.read_bytes(), 0
    records = []
    while at < len(data):
        size = int(data[at + 1:at + 9], 16)
        records.append((chr(data[at]), data[at + 9:at + 9 + size]))
        at += 9 + size
    name = next((content.decode() for kind, content in records if kind == "#"), path.name)
    return Recorded(path, name, records)


def _order(path: Path) -> tuple[str, int]:
    kind_and_group, _, number = path.name.rpartition("-")
    return kind_and_group, int(number)


def _short(message: Json) -> str:
    return json.dumps(message)[:300]
