"""Serves a stdio server over Streamable HTTP, for a suite that only speaks HTTP.

usage: stdio_bridge.py [--report FILE] -- COMMAND [ARGUMENT]...

Says on standard error where it listens. Each legacy session has a process of its own; the stateless requests of the modern
era share one. Host and Origin, sessions, headers and status codes are the bridge's own: only the JSON-RPC messages are the
server's. At SIGTERM it ends its processes and writes to FILE what they had to say that no MCP server may say.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import uuid
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from http_wire import Answer, BadRequest, Request, read_request  # noqa: E402
from mcp_schema import MODERN  # noqa: E402
from stdio_child import Exchange, Json, StdioChild, Tally  # noqa: E402

CLAIM = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION = -32020, -32021, -32022
NO_SESSION = -32001
ANSWER_WITHIN_S = 120.0
# A client that opens sessions without closing them must not have us keep a process for each.
MAX_SESSIONS = 8


class Refused(Exception):
    """The bridge answers by itself."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Bridge:
    def __init__(self, command: list[str]) -> None:
        self.tally = Tally()
        self._command = command
        self._sessions: dict[str, StdioChild] = {}
        self._shared: StdioChild | None = None
        self._opening = asyncio.Lock()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while request := await read_request(reader):
                answer = Answer(writer)
                await self._answer(request, answer, reader)
                if answer.streaming:
                    break
        except (BadRequest, ConnectionError) as failure:
            print(f"bridge: {failure}", file=sys.stderr)
        finally:
            writer.close()

    async def end(self) -> None:
        children = [*self._sessions.values(), *([self._shared] if self._shared else [])]
        await asyncio.gather(*(child.end() for child in children))

    async def _answer(self, request: Request, answer: Answer, reader: asyncio.StreamReader) -> None:
        message: Any = None
        try:
            check_origin(request)
            if request.method == "POST":
                message = parse(request.body)
                await self._post(request, message, answer, reader)
            elif request.method == "GET":
                await self._listen(self._session(request), answer, reader)
            elif request.method == "DELETE":
                child = self._session(request)
                del self._sessions[request.headers["mcp-session-id"]]
                await child.end()
                await answer.send(200)
            else:
                await answer.send(405, allow="GET, POST, DELETE")
        except Refused as refusal:
            identity = {"id": message["id"]} if isinstance(message, dict) and "id" in message else {}
            await answer.send(refusal.status, {"jsonrpc": "2.0", **identity,
                                               "error": {"code": refusal.code, "message": str(refusal)}})

    async def _post(self, request: Request, message: Json, answer: Answer, reader: asyncio.StreamReader) -> None:
        modern = is_modern(request, message)
        headers: dict[str, str] = {}
        if modern:
            child = await self._modern_child()
        elif message.get("method") == "initialize":
            child, headers["mcp_session_id"] = await self._open_session()
        else:
            child = self._session(request)
        if "method" not in message or "id" not in message:
            await child.tell(message)
            await answer.send(202)
            return
        exchange = await child.ask(message)
        gone = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait_for(self._relay(exchange, answer, headers, gone, modern), ANSWER_WITHIN_S)
        except asyncio.TimeoutError:
            if not answer.streaming:
                raise Refused(504, -32603, f"the server did not answer within {ANSWER_WITHIN_S:.0f} s") from None
        finally:
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone
            # Only in the modern era does hanging up mean that nobody wants the answer any more.
            await child.give_up(exchange, cancel=modern)

    async def _relay(self, exchange: Exchange, answer: Answer, headers: dict[str, str], gone: asyncio.Task[bytes],
                     modern: bool) -> None:
        """Sends what the child says until its answer, or until the client hangs up."""
        while (said := await next_unless(exchange.said, gone)) is not HUNG_UP:
            if said is None:
                if not answer.streaming:
                    raise Refused(502, -32603, "the server has ended")
                return
            last = "method" not in said
            if last and not answer.streaming:
                await answer.send(status_of(said, exchange.request) if modern else 200, said, **headers)
                return
            if not answer.streaming:
                await answer.stream(**headers)
            await answer.event(said)
            if last:
                return

    async def _listen(self, child: StdioChild, answer: Answer, reader: asyncio.StreamReader) -> None:
        """The stream of a legacy session for what belongs to no request."""
        await answer.stream()
        gone = asyncio.create_task(reader.read(1))
        while (said := await next_unless(child.news, gone)) is not HUNG_UP:
            await answer.event(said)

    def _session(self, request: Request) -> StdioChild:
        name = request.headers.get("mcp-session-id")
        if name is None:
            raise Refused(405 if request.method == "GET" else 400, NO_SESSION, "no session id")
        if name not in self._sessions:
            raise Refused(404, NO_SESSION, "no such session")
        return self._sessions[name]

    async def _open_session(self) -> tuple[StdioChild, str]:
        if len(self._sessions) >= MAX_SESSIONS:
            oldest = next((name for name, child in self._sessions.items() if child.idle), None)
            if oldest is None:
                raise Refused(503, NO_SESSION, "too many sessions at work")
            await self._sessions.pop(oldest).end()
        child = StdioChild(self.tally, modern=False)
        await child.start(self._command)
        name = uuid.uuid4().hex
        self._sessions[name] = child
        return child, name

    async def _modern_child(self) -> StdioChild:
        async with self._opening:
            if self._shared is not None and not self._shared.running:
                self.tally.ends.append("the shared process ended by itself")
                await self._shared.end()
                self._shared = None
            if self._shared is None:
                self._shared = StdioChild(self.tally, modern=True)
                await self._shared.start(self._command)
            return self._shared


HUNG_UP = object()


async def next_unless(queue: asyncio.Queue[Any], gone: asyncio.Task[bytes]) -> Any:
    """What comes next, or HUNG_UP. Clients do not send a second request before the first is answered."""
    item = asyncio.create_task(queue.get())
    await asyncio.wait({item, gone}, return_when=asyncio.FIRST_COMPLETED)
    if item.done():
        return item.result()
    item.cancel()
    return HUNG_UP


def check_origin(request: Request) -> None:
    names = [request.headers.get("host", "")]
    if "origin" in request.headers:
        names.append(request.headers["origin"].partition("://")[2])
    for name in names:
        if name.rpartition(":")[0] not in ("127.0.0.1", "localhost") and name not in ("127.0.0.1", "localhost"):
            raise Refused(403, INVALID_REQUEST, "neither Host nor Origin may be of another machine")


def parse(body: bytes) -> Json:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, PARSE_ERROR, "not JSON") from None
    if not isinstance(message, dict):
        raise Refused(400, INVALID_REQUEST, "not a message")
    return message


def envelope(message: Json) -> Json:
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta if isinstance(meta, dict) else {}


def is_modern(request: Request, message: Json) -> bool:
    """The era of a message, by what it claims; refuses what a header contradicts, for stdio has none."""
    header = request.headers.get("mcp-protocol-version", "")
    meta = envelope(message)
    if CLAIM in meta:
        if header != meta[CLAIM]:
            raise Refused(400, HEADER_MISMATCH, f"MCP-Protocol-Version is {header!r}, _meta says {meta[CLAIM]!r}")
        return True
    if header < MODERN or "method" not in message:
        return False
    if message["method"] == "initialize":
        raise Refused(400, HEADER_MISMATCH, f"{header} has no initialize")
    missing = [key for key in (CLAIM, CAPABILITIES) if key not in meta]
    raise Refused(400, INVALID_PARAMS, f"_meta lacks {', '.join(missing)}")


def status_of(reply: Json, request: Json) -> int:
    """What a modern server answers with over HTTP."""
    code = reply.get("error", {}).get("code")
    if code == METHOD_NOT_FOUND:
        return 404
    broken = not isinstance(envelope(request).get(CAPABILITIES), dict)
    if code in (PARSE_ERROR, INVALID_REQUEST, HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION) \
            or code == INVALID_PARAMS and broken:
        return 400
    return 200


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    bridge = Bridge(arguments.command)
    server = await asyncio.start_server(bridge.serve, "127.0.0.1", 0)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp", file=sys.stderr, flush=True)
    await stopped.wait()
    server.close()
    await bridge.end()
    if arguments.report:
        arguments.report.write_text(json.dumps(asdict(bridge.tally)), "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
