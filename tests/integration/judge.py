"""Judges each message of the daemon by the published schema of the revision in force."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from mcp_schema import LEGACY, MODERN, faults  # noqa: E402

# Requests that were cancelled are never answered; older ones than these many are forgotten.
REMEMBERED = 10_000
CLAIM = "io.modelcontextprotocol/protocolVersion"


class Request(NamedTuple):
    method: str
    modern: bool  # it says in its _meta which revision it is of
    token: Any    # of its progress, as JSON


class Judge:
    """Of one connection. `sent` before the bytes are written, `faults` for each message that comes."""

    def __init__(self) -> None:
        self._open: dict[str, Request] = {}  # by id, as JSON
        self._negotiated: str | None = None

    def sent(self, data: bytes) -> None:
        """Notes the requests; what is no whole line with a message is somebody's test of just that."""
        for line in data.splitlines():
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(message, dict) and isinstance(message.get("method"), str) and "id" in message:
                params = message.get("params")
                meta = params.get("_meta") if isinstance(params, dict) else None
                meta = meta if isinstance(meta, dict) else {}
                self._open[json.dumps(message["id"])] = Request(
                    message["method"], CLAIM in meta, json.dumps(meta.get("progressToken")))
                if len(self._open) > REMEMBERED:
                    self._open.pop(next(iter(self._open)), None)

    def faults(self, message: dict[str, Any]) -> list[str]:
        if "method" in message:
            return faults(message, self._revision_of_notification(message))
        request = self._open.pop(json.dumps(message.get("id")), None)
        if request is None:
            return faults(message, self._negotiated or LEGACY[-1])
        if request.modern:
            return faults(message, MODERN, request.method)
        if request.method == "initialize" and "result" in message:
            version = message["result"].get("protocolVersion")
            if version not in LEGACY:
                return [f"initialize is answered with {version!r}"]
            self._negotiated = version
        return faults(message, self._negotiated or LEGACY[-1], request.method)

    def _revision_of_notification(self, message: dict[str, Any]) -> str:
        token = json.dumps(message.get("params", {}).get("progressToken"))
        of = next((request for request in list(self._open.values()) if request.token == token != "null"), None)
        if of is not None and of.modern or of is None and self._negotiated is None:
            return MODERN
        return self._negotiated or LEGACY[-1]
