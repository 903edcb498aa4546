"""Replies as bytes: built once, sent under any request id, kept by the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .encoding import encode, encode_finite
from .errors import OpError
from .framing import frame


@dataclass
class Outcome:
    """A reply as JSON text without its braces and id."""

    ok: bool
    head: bytes         # "ok":…,"gen":…,"ms":…
    rest: bytes         # ,"result":… or ,"error":…
    short_rest: bytes   # what stands for `rest` where that is too large to keep
    blob: bytes = b""
    error: str = ""      # its kind

    def body(self) -> bytes:
        return self.head + self.rest


def result_outcome(generation: int, ms: float, result: Any, blob: bytes = b"") -> Outcome:
    head = b'"ok":true,"gen":%d,"ms":%s' % (generation, encode(round(ms, 3)))
    text, nulled = encode_finite(result, "result")
    rest = b',"result":%s' % text
    if nulled:
        rest += b',"warnings":%s' % encode(nulled)
    return Outcome(True, head, rest, b',"result":null', blob)


def error_outcome(generation: int, ms: float, error: OpError) -> Outcome:
    head = b'"ok":false,"gen":%d,"ms":%s' % (generation, encode(round(ms, 3)))
    text, _ = encode_finite(error.to_json(), "error")
    short = encode({"kind": error.kind, "message": error.message[:2000]})
    return Outcome(False, head, b',"error":%s' % text, b',"error":%s' % short, error=error.kind)


def reply(request_id: Any, body: bytes, blob: bytes = b"") -> tuple[bytes, bytes]:
    """The two chunks to send."""
    return frame(b'{"id":%s,%s}' % (encode(request_id), body), len(blob)), blob


def event(kind: str, members: dict[str, Any]) -> bytes:
    return frame(encode({"event": kind, **members}))
