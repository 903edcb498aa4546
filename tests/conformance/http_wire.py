"""As much of HTTP/1.1 as the bridge needs: requests with a length, answers as JSON or as a stream of events."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

MAX_BODY = 16 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    method: str
    headers: dict[str, str]  # names in lower case
    body: bytes


class BadRequest(Exception):
    """What the peer sent is not HTTP as we know it; the connection is of no more use."""


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """None when the peer has closed the connection instead."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise BadRequest("an incomplete head") from None
        return None
    except asyncio.LimitOverrunError:
        raise BadRequest("a head without an end") from None
    first, *lines = head.decode("latin-1").split("\r\n")
    method = first.partition(" ")[0]
    headers = {name.strip().lower(): value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY or "transfer-encoding" in headers:
        raise BadRequest("a body of unknown or of excessive length")
    try:
        return Request(method, headers, await reader.readexactly(int(length)))
    except asyncio.IncompleteReadError:
        raise BadRequest("an incomplete body") from None


class Answer:
    """The one answer to a request: `send` once, or `stream`, `event` as often as wanted, and the end of the connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.streaming = False

    async def send(self, status: int, message: Any = None, **headers: str) -> None:
        body = b"" if message is None else json.dumps(message).encode()
        if message is not None:
            headers["content_type"] = "application/json"
        self._head(status, {**headers, "content_length": str(len(body))})
        self._writer.write(body)
        await self._writer.drain()

    async def stream(self, **headers: str) -> None:
        self.streaming = True
        self._head(200, {**headers, "content_type": "text/event-stream", "cache_control": "no-cache", "connection": "close"})
        await self._writer.drain()

    async def event(self, message: Any) -> None:
        self._writer.write(b"event: message\ndata: " + json.dumps(message).encode() + b"\n\n")
        await self._writer.drain()

    def _head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
                 *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
