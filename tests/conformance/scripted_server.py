"""A stdio server for the tests of the bridge. Tools do what their names say; see stdio_bridge_test.py."""

from __future__ import annotations

import json
import sys
from typing import Any

MODERN = "2026-07-28"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
asked: dict[Any, Any] = {}  # id of a request of ours -> id of the call that waits for it
listening: list[Any] = []
cancelled: list[Any] = []


def say(**members: Any) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **members}) + "\n")
    sys.stdout.flush()


def text(content: str, modern: bool) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": content}], **({"resultType": "complete"} if modern else {})}


def call(identity: Any, params: dict[str, Any], meta: dict[str, Any], modern: bool) -> None:
    name = params["name"]
    if name == "progress":
        for step in (1, 2):
            say(method="notifications/progress", params={"progressToken": meta["progressToken"], "progress": step})
    elif name == "ask":
        asked["ours"] = identity
        say(id="ours", method="roots/list")
        return
    elif name == "log":
        say(method="notifications/message", params={"level": "info", "data": "hello"})
    elif name == "news":
        for listener in listening or [None]:
            more = {} if listener is None else {"params": {"_meta": {SUBSCRIPTION: listener}}}
            say(method="notifications/tools/list_changed", **more)
    elif name == "never":
        return
    elif name == "cancelled":
        say(id=identity, result=text(json.dumps(cancelled), modern))
        return
    elif name == "garbage":
        print("this is not a message", flush=True)
        say(method="tools/list")
    elif name == "exit":
        sys.exit(3)
    say(id=identity, result=text(name, modern))


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        identity, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        meta = params.get("_meta") or {}
        modern = "io.modelcontextprotocol/protocolVersion" in meta
        if method is None:
            say(id=asked.pop(identity), result=text(json.dumps(message["result"]), modern))
        elif method == "initialize":
            say(id=identity, result={"protocolVersion": params["protocolVersion"], "capabilities": {},
                                     "serverInfo": {"name": "scripted", "version": "1"}})
        elif method == "tools/call":
            call(identity, params, meta, modern)
        elif method == "subscriptions/listen":
            listening.append(identity)
            say(method="notifications/subscriptions/acknowledged", params={"notifications": {}, "_meta": {SUBSCRIPTION: identity}})
        elif method == "notifications/cancelled":
            cancelled.append(params["requestId"])
        elif method == "refuse":
            say(id=identity, error={"code": params["code"], "message": "refused", "data": params.get("data")})
        elif identity is not None:
            say(id=identity, error={"code": -32601, "message": "unknown"})


main()
