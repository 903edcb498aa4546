"""A server on stdio, with the requests that it has in hand. Every line that it writes is judged.

Stdio does not say which request a message of the server belongs to, HTTP must: progress and subscriptions name theirs; the
rest is put down to the newest request, which is right as long as a session has one at a time.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from mcp_schema import LEGACY, MODERN, faults

Json = dict[str, Any]

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
MAX_LINE = 16 * 1024 * 1024
MAX_FAULTS = 20
MAX_WAITING = 1000
END_S = 10.0
# They belong to no request.
NEWS = ("notifications/tools/list_changed", "notifications/prompts/list_changed", "notifications/resources/list_changed",
        "notifications/resources/updated")


@dataclass
class Tally:
    """What all children together wrote, and how they ended."""

    children: int = 0
    lines: int = 0
    bad_lines: int = 0
    faults: list[str] = field(default_factory=list)  # of the first bad lines
    ends: list[str] = field(default_factory=list)    # that were not as they should be

    def bad(self, fault: str) -> None:
        self.bad_lines += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)


class Exchange:
    """A request in hand: what the child says to it, its answer last. None means that there will be none."""

    def __init__(self, message: Json) -> None:
        self.request = message
        self.said: asyncio.Queue[Json | None] = asyncio.Queue(MAX_WAITING)

    def say(self, message: Json | None) -> None:
        if not self.said.full():
            self.said.put_nowait(message)


class StdioChild:
    """`modern`: many clients' stateless requests share it. Then ids and tokens are ours on the way in, theirs on the way out."""

    def __init__(self, tally: Tally, *, modern: bool) -> None:
        self._tally = tally
        self._modern = modern
        self._revision = MODERN if modern else LEGACY[-1]
        self._exchanges: dict[str, Exchange] = {}  # by the id that the child knows, as JSON
        self._number = 0
        self.news: asyncio.Queue[Json] = asyncio.Queue(MAX_WAITING)  # what belongs to no request

    async def start(self, command: list[str]) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MAX_LINE)
        self._tally.children += 1
        self._reader = asyncio.create_task(self._read())

    @property
    def running(self) -> bool:
        return not self._reader.done()

    @property
    def idle(self) -> bool:
        return not self._exchanges

    async def ask(self, message: Json) -> Exchange:
        """Hands a request over."""
        exchange = Exchange(message)
        if self._modern:
            self._number += 1
            meta = dict(message["params"]["_meta"])
            if "progressToken" in meta:
                meta["progressToken"] = self._number
            message = {**message, "id": self._number, "params": {**message["params"], "_meta": meta}}
        self._exchanges[json.dumps(message["id"])] = exchange
        await self.tell(message)
        return exchange

    async def tell(self, message: Json) -> None:
        """Hands over what is not answered."""
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            pass  # it has ended: the reader finds out

    async def give_up(self, exchange: Exchange, *, cancel: bool) -> None:
        """Nobody waits for it any more."""
        for key, held in list(self._exchanges.items()):
            if held is exchange:
                del self._exchanges[key]
                if cancel:
                    await self.tell({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": json.loads(key)}})

    async def end(self) -> None:
        """Closes its input, and sees to it that it ends by that."""
        self._process.stdin.close()
        try:
            code = await asyncio.wait_for(self._process.wait(), END_S)
        except asyncio.TimeoutError:
            self._tally.ends.append(f"it did not end within {END_S:.0f} s of the end of its input")
            self._process.kill()
            code = await self._process.wait() and 0
        if code:
            self._tally.ends.append(f"it ended with exit code {code}")
        await self._reader

    # What it says

    async def _read(self) -> None:
        try:
            async for line in self._process.stdout:
                self._tally.lines += 1
                self._hear(line)
        except ValueError:  # the reader's way to say that a line is too long
            self._tally.bad(f"a line of more than {MAX_LINE} bytes")
        for exchange in self._exchanges.values():
            exchange.say(None)
        self._exchanges.clear()

    def _hear(self, line: bytes) -> None:
        shown = line[:200]
        try:
            message = json.loads(line)
        except ValueError:
            return self._tally.bad(f"not JSON: {shown!r}")
        if not line.endswith(b"\n"):
            return self._tally.bad(f"no whole line: {shown!r}")
        answered = self._answered(message)
        request = answered.request if answered else {}
        if request.get("method") == "initialize" and not self._modern:
            version = (message.get("result") or {}).get("protocolVersion")
            self._revision = version if version in LEGACY else self._revision
        if found := faults(message, self._revision, request.get("method")):
            self._tally.bad(f"{'; '.join(found[:3])}: {shown!r}")
        if answered is not None:
            if self._modern:
                message = {**message, "id": request["id"]}
                _restore(message.get("result"), SUBSCRIPTION, request["id"])
            answered.say(message)
        elif isinstance(message, dict) and "method" in message:
            self._pass_on(message)

    def _answered(self, message: Any) -> Exchange | None:
        if not isinstance(message, dict) or "method" in message:
            return None
        return self._exchanges.pop(json.dumps(message.get("id")), None)

    def _pass_on(self, message: Json) -> None:
        """A notification, or a request of the server."""
        params = message.get("params") or {}
        subscription = (params.get("_meta") or {}).get(SUBSCRIPTION)
        of = self._exchanges.get(json.dumps(subscription))
        if of is not None:
            _restore(params, SUBSCRIPTION, of.request["id"])
        elif "progressToken" in params:
            of = self._owner_of_progress(params)
        elif message["method"] == "notifications/message" and self._modern:
            of = next((held for held in reversed(self._exchanges.values()) if LOG_LEVEL in _meta(held.request)), None)
        elif message["method"] not in NEWS:
            of = next(reversed(self._exchanges.values()), None)
        if of is not None:
            of.say(message)
        elif not self.news.full():
            self.news.put_nowait(message)

    def _owner_of_progress(self, params: Json) -> Exchange | None:
        token = params["progressToken"]
        if not self._modern:
            return next((held for held in self._exchanges.values() if _meta(held.request).get("progressToken") == token), None)
        of = self._exchanges.get(json.dumps(token))
        if of is not None:
            params["progressToken"] = _meta(of.request).get("progressToken")
        return of


def _meta(message: Json) -> Json:
    return (message.get("params") or {}).get("_meta") or {}


def _restore(holder: Any, key: str, value: Any) -> None:
    """Puts the client's own value back where the child knew ours."""
    if isinstance(holder, dict) and key in (holder.get("_meta") or {}):
        holder["_meta"][key] = value
