"""Who watches the status page, without a browser."""

from __future__ import annotations

import http.client
import json
from typing import Any, Callable

from test_daemon_http import Server
from world import PATIENCE_S


class Watcher:
    def __init__(self, server: Server, **headers: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        self._connection.request("GET", "/status/events", headers=headers or {"Authorization": f"Bearer {server.token}"})
        self._response = self._connection.getresponse()
        self.status = self._response.status

    def next(self) -> dict[str, Any] | None:
        """The next state; None when the stream has ended."""
        while line := self._response.readline():
            if line.startswith(b"data: "):
                return json.loads(line[6:])
        return None

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            state = self.next()
            assert state is not None, "the stream has ended"
            if wanted(state):
                return state

    def close(self) -> None:
        self._connection.close()
