"""Clients of one shared daemon: over HTTP of both eras, its Unix socket, and a stdio proxy to it. All are used alike.

Ids count from 1 in each of them, so an answer that went to another client is not noticed by its id but by what it holds.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
from pathlib import Path
from typing import Any, BinaryIO

from judge import Judge
from test_daemon_http import ACCEPT, META, Server
from world import DAEMON, PATIENCE_S, World

Json = dict[str, Any]

VERSION = "2025-11-25"
HELLO = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "crowd", "version": "1"}}
# The schema is slow; the messages of one client are all alike.
JUDGED = 40
# Told to everybody: a render is a new resource.
BROADCAST = "notifications/resources/list_changed"


class Peer:
    """`start` sends a request, `finish` gives the answers to all that were started, in the order of `start`."""

    modern = False

    def __init__(self) -> None:
        self.progress: list[Json] = []
        self.faults: list[str] = []
        self._judge = Judge()
        self._judged = 0
        self._last_id = 0

    def start(self, method: str, params: Json | None = None, token: str | None = None) -> None:
        self._last_id += 1
        params = dict(params or {})
        meta = {**(META if self.modern else {}), **({"progressToken": token} if token else {})}
        if meta:
            params["_meta"] = meta
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        if self._judged < JUDGED:
            self._judge.sent(json.dumps(message).encode())
        self._send(self._last_id, message)

    def flush(self) -> None:
        """What was started is on its way."""

    def finish(self) -> list[Json]:
        raise NotImplementedError

    def ask(self, method: str, params: Json | None = None, token: str | None = None) -> Json:
        self.start(method, params, token)
        (reply,) = self.finish()
        return reply

    def ask_all(self, requests: list[tuple[str, Json]]) -> list[Json]:
        """All at once, where the transport can do so on one connection."""
        for method, params in requests:
            self.start(method, params)
        return self.finish()

    def close(self) -> None:
        raise NotImplementedError

    def _send(self, request_id: int, message: Json) -> None:
        raise NotImplementedError

    def _look_at(self, message: Json) -> bool:
        """Whether it is an answer."""
        if self._judged < JUDGED:
            self._judged += 1
            self.faults += self._judge.faults(message)
        if "method" not in message:
            return True
        if message["method"] == "notifications/progress":
            self.progress.append(message["params"])
        elif message["method"] != BROADCAST:
            self.faults.append(f"nobody asked for {message}")
        return False


class LinePeer(Peer):
    """Over two byte streams. `read` and `write` belong to it from now on."""

    def __init__(self, read: BinaryIO, write: BinaryIO) -> None:
        super().__init__()
        self._read, self._write = read, write
        self._open: dict[int, Json | None] = {}
        self.ask("initialize", HELLO)
        self._write.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        self._write.flush()

    def _send(self, request_id: int, message: Json) -> None:
        self._open[request_id] = None
        self._write.write(json.dumps(message).encode() + b"\n")

    def flush(self) -> None:
        self._write.flush()

    def finish(self) -> list[Json]:
        self.flush()
        missing = len(self._open)
        while missing:
            line = self._read.readline()
            assert line.endswith(b"\n"), f"the daemon went away; {missing} answers are missing"
            message = json.loads(line)
            if not self._look_at(message):
                continue
            if self._open.get(message.get("id"), message) is not None:
                self.faults.append(f"nobody waits for {message}")
                continue
            self._open[message["id"]] = message
            missing -= 1
        replies = list(self._open.values())
        self._open.clear()
        return replies


    def read_bytes(self, count: int) -> bytes:
        """Of what comes next, as it is."""
        return self._read.read(count)

    def read_line(self) -> bytes:
        return self._read.readline()


class SocketPeer(LinePeer):
    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(str(path))
        super().__init__(self._socket.makefile("rb"), self._socket.makefile("wb"))

    def close(self) -> None:
        for part in (self._write, self._read, self._socket):
            part.close()


class ProxyPeer(LinePeer):
    def __init__(self, world: World) -> None:
        self._process = subprocess.Popen([DAEMON, "--log-level", "warn", "stdio", "--attach"], env=world.environment(),
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        super().__init__(self._process.stdout, self._process.stdin)

    def close(self) -> None:
        try:
            self._write.close()
            rest = self._read.read()
            code = self._process.wait(PATIENCE_S)
            if rest or code:
                self.faults.append(f"a proxy ended with {code}, and after the last answer came {rest[:300]!r}")
        finally:
            self._process.kill()
            self._process.wait()
            self._read.close()


class HttpPeer(Peer):
    """Each request that waits has a connection of its own."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._port = server.port
        self._headers = {**ACCEPT, "Authorization": f"Bearer {server.token}"}
        self._idle: list[http.client.HTTPConnection] = []
        self._waiting: list[tuple[int, http.client.HTTPConnection]] = []
        self._session: str | None = None

    def _send(self, request_id: int, message: Json) -> None:
        connection = self._idle.pop() if self._idle else http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        connection.request("POST", "/mcp", json.dumps(message), {**self._headers, **self._headers_of(message)})
        self._waiting.append((request_id, connection))

    def _headers_of(self, message: Json) -> dict[str, str]:
        raise NotImplementedError

    def finish(self) -> list[Json]:
        replies = []
        waiting, self._waiting = self._waiting, []
        for request_id, connection in waiting:
            response = connection.getresponse()
            text = response.read()
            if response.headers["Content-Type"] == "text/event-stream":
                messages = [json.loads(line[6:]) for line in text.splitlines() if line.startswith(b"data: ") and len(line) > 6]
            else:
                messages = [json.loads(text)]
            answers = [message for message in messages if self._look_at(message)]
            if [answer.get("id") for answer in answers] != [request_id]:
                self.faults.append(f"request {request_id} is answered with {response.status} {answers}")
            self._session = response.headers["Mcp-Session-Id"] or self._session
            replies.append(answers[0])
            self._idle.append(connection)
        return replies

    def ask_all(self, requests: list[tuple[str, Json]]) -> list[Json]:
        return [self.ask(method, params) for method, params in requests]

    def close(self) -> None:
        for connection in self._idle + [connection for _, connection in self._waiting]:
            connection.close()


class LegacyPeer(HttpPeer):
    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.ask("initialize", HELLO)
        assert self._session

    def _headers_of(self, message: Json) -> dict[str, str]:
        return {"Mcp-Session-Id": self._session, "MCP-Protocol-Version": VERSION} if self._session else {}

    def close(self) -> None:
        connection = self._idle.pop()
        connection.request("DELETE", "/mcp", headers={**self._headers, **self._headers_of({})})
        response = connection.getresponse()
        response.read()
        if response.status != 204:
            self.faults.append(f"DELETE is answered with {response.status}")
        connection.close()
        super().close()


class ModernPeer(HttpPeer):
    modern = True

    def _headers_of(self, message: Json) -> dict[str, str]:
        params = message["params"]
        name = params.get("name") or params.get("uri")
        return {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": message["method"], **({"Mcp-Name": name} if name else {})}
