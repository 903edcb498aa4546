"""A client made with the official Python SDK; session.py says how it is driven.

usage: python_sdk.py legacy|auto SERVER

The SDK has no tasks. In the modern era they are an extension, for which it has a place. In the legacy era their results are
none that it would let through, so they are taken from below its types.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any, Literal

import anyio
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.subscriptions import event_to_notification

Json = dict[str, Any]


def say(number: int, **message: Any) -> None:
    print(json.dumps({"id": number, **message}), flush=True)


def plain(model: Any) -> Any:
    return model if isinstance(model, dict) else model.model_dump(mode="json", by_alias=True, exclude_unset=True)


def spoken(notification: types.Notification[Any, Any]) -> Json:
    return notification.model_dump(mode="json", by_alias=True, exclude_none=True)


class TaskCreated(types.Result, extra="allow"):
    result_type: Literal["task"]


class TasksExtension(ClientExtension):
    identifier = "io.modelcontextprotocol/tasks"

    def claims(self) -> list[ResultClaim[Any]]:
        return [ResultClaim(result_type="task", model=TaskCreated, resolve=self.refuse)]

    async def refuse(self, created: TaskCreated, context: ClaimContext) -> types.CallToolResult:
        raise NotImplementedError("the cases ask for the result themselves")


class TaskRequest(types.Request[Json, str]):
    name_param = "taskId"


class TaskAnswer(types.Result, extra="allow"):
    pass


class Driven:
    """A connected client. `answer` is what its user says to a question."""

    def __init__(self) -> None:
        self.client: Client
        self.answer: Json = {"action": "cancel"}
        self.subscribed: list[str] = []
        self.unsubscribed = anyio.Event()
        self.subscription_ended = anyio.Event()

    @property
    def modern(self) -> bool:
        return self.client.session.discover_result is not None

    async def ask(self, _context: Any, params: Any) -> types.ElicitResult:
        say(0, asked=plain(params))
        return types.ElicitResult(**self.answer)

    async def hear(self, message: Any) -> None:
        if isinstance(message, types.Notification) and not self.modern:  # else tell_events says it
            say(0, notification=spoken(message))

    async def list(self, _order: Json) -> Any:
        return await self.client.list_tools()

    async def call(self, order: Json) -> Any:
        async def progress(value: float, total: float | None, message: str | None) -> None:
            say(order["id"], progress={"progress": value, "total": total, "message": message})

        return await self.client.call_tool(order["tool"], order["arguments"], progress_callback=progress)

    async def answer_with(self, order: Json) -> Any:
        self.answer = order["with"]
        return {}

    async def subscribe(self, order: Json) -> Any:
        self.subscribed = order["wishes"]["uris"]
        if not self.modern:
            for uri in self.subscribed:
                await self.client.subscribe_resource(uri)
            return {}
        self.unsubscribed, self.subscription_ended = anyio.Event(), anyio.Event()
        async with self.client.listen(tools_list_changed=True, resource_subscriptions=self.subscribed) as subscription:
            say(order["id"], result={})
            async with anyio.create_task_group() as group:
                group.start_soon(self.tell_events, subscription)
                await self.unsubscribed.wait()
                group.cancel_scope.cancel()
        self.subscription_ended.set()
        return None

    async def tell_events(self, subscription: Any) -> None:
        async for event in subscription:
            say(0, notification=spoken(event_to_notification(event, {})))

    async def unsubscribe(self, _order: Json) -> Any:
        if self.modern:
            self.unsubscribed.set()
            await self.subscription_ended.wait()
        else:
            for uri in self.subscribed:
                await self.client.unsubscribe_resource(uri)
        return {}

    async def start_task(self, order: Json) -> Any:
        if self.modern:
            return await self.client.session.call_tool(order["tool"], order["arguments"], allow_claimed=True)
        params = {"name": order["tool"], "arguments": order["arguments"], "task": {}}
        return (await self.send("tools/call", params))["task"]

    async def get_task(self, order: Json) -> Any:
        return await self.send("tasks/get", {"taskId": order["task"]})

    async def task_result(self, order: Json) -> Any:
        if not self.modern:
            return await self.send("tasks/result", {"taskId": order["task"]})
        while (task := await self.get_task(order))["status"] == "working":
            await anyio.sleep(task.get("pollIntervalMs", 100) / 1000)
        if "result" not in task:
            raise RuntimeError(f"it has no result: {task}")
        return task["result"]

    async def cancel_task(self, order: Json) -> Any:
        return await self.send("tasks/cancel", {"taskId": order["task"]})

    async def send(self, method: str, params: Json) -> Json:
        session = self.client.session
        if self.modern:
            return plain(await session.send_request(TaskRequest(method=method, params=params), TaskAnswer))
        return await session._dispatcher.send_raw_request(method, params)


ACTIONS = {"list": Driven.list, "call": Driven.call, "answer": Driven.answer_with, "subscribe": Driven.subscribe,
           "unsubscribe": Driven.unsubscribe, "start_task": Driven.start_task, "get_task": Driven.get_task,
           "task_result": Driven.task_result, "cancel_task": Driven.cancel_task}


async def obey(driven: Driven, order: Json, scope: anyio.CancelScope) -> None:
    with scope:
        try:
            result = await ACTIONS[order["do"]](driven, order)
            if result is not None:
                say(order["id"], result=plain(result))
        except MCPError as error:
            say(order["id"], error={"code": error.code, "message": error.message})
        except Exception as error:  # a refused result, for example
            say(order["id"], error={"message": f"{type(error).__name__}: {error}"})
    if scope.cancelled_caught:
        say(order["id"], error={"message": "cancelled"})


def connection(server: Json) -> Any:
    if "command" in server:
        return StdioServerParameters(**server)
    headers = {}
    if server["tokenFile"]:
        headers["Authorization"] = "Bearer " + Path(server["tokenFile"]).read_text("ascii").strip()
    return streamable_http_client(server["url"], http_client=create_mcp_http_client(headers=headers))


async def main() -> None:
    mode, server = sys.argv[1], json.loads(sys.argv[2])
    extensions = [TasksExtension()] if server.pop("tasks") else []
    scopes: dict[int, anyio.CancelScope] = {}
    driven = Driven()
    async with Client(connection(server), mode=mode, elicitation_callback=driven.ask, message_handler=driven.hear,
                      extensions=extensions) as client:
        driven.client = client
        say(0, result={"protocol": client.protocol_version, "server": plain(client.server_info),
                       "instructions": client.instructions})
        async with anyio.create_task_group() as group:
            async for line in anyio.wrap_file(sys.stdin):
                order = json.loads(line)
                if order["do"] == "cancel":
                    scopes[order["call"]].cancel()
                    say(order["id"], result={})
                else:
                    scopes[order["id"]] = anyio.CancelScope()
                    group.start_soon(obey, driven, order, scopes[order["id"]])
            group.cancel_scope.cancel()


warnings.simplefilter("ignore")  # of what is deprecated in the modern era
anyio.run(main)
