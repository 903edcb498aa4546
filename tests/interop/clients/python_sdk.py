"""A client made with the official Python SDK; session.py says how it is driven.

usage: python_sdk.py legacy|auto {"command":"..","args":[..],"env":{..}}
"""

from __future__ import annotations

import json
import sys
from typing import Any

import anyio
from mcp import Client, MCPError, StdioServerParameters


def say(number: int, **message: Any) -> None:
    print(json.dumps({"id": number, **message}), flush=True)


def plain(model: Any) -> Any:
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True)


async def call(client: Client, order: dict[str, Any]) -> Any:
    async def progress(value: float, total: float | None, message: str | None) -> None:
        say(order["id"], progress={"progress": value, "total": total, "message": message})

    return await client.call_tool(order["tool"], order["arguments"], progress_callback=progress)


async def answer(client: Client, order: dict[str, Any], scope: anyio.CancelScope) -> None:
    with scope:
        try:
            result = await (client.list_tools() if order["do"] == "list" else call(client, order))
            say(order["id"], result=plain(result))
        except MCPError as error:
            say(order["id"], error={"code": error.code, "message": error.message})
        except Exception as error:  # a refused result, for example
            say(order["id"], error={"message": f"{type(error).__name__}: {error}"})
    if scope.cancelled_caught:
        say(order["id"], error={"message": "cancelled"})


async def main() -> None:
    mode, server = sys.argv[1], json.loads(sys.argv[2])
    scopes: dict[int, anyio.CancelScope] = {}
    async with Client(StdioServerParameters(**server), mode=mode) as client:
        say(0, result={"protocol": client.session.protocol_version, "server": plain(client.session.server_info),
                       "instructions": client.session.instructions})
        async with anyio.create_task_group() as group:
            async for line in anyio.wrap_file(sys.stdin):
                order = json.loads(line)
                if order["do"] == "cancel":
                    scopes[order["call"]].cancel()
                    say(order["id"], result={})
                else:
                    scopes[order["id"]] = anyio.CancelScope()
                    group.start_soon(answer, client, order, scopes[order["id"]])
            group.cancel_scope.cancel()


anyio.run(main)
