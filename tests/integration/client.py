"""A Model Context Protocol client over pipes, and the test cases that start a daemon with it."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import threading
import time
import unittest
from typing import Any, Callable

from judge import Judge
from schema import violations
from world import BLENDER, DAEMON, PATIENCE_S, World, describe

Json = dict[str, Any]


class Client:
    """Talks to one daemon. A thread collects what the daemon says; every wait has a deadline."""

    def __init__(self, world: World, *arguments: str, env: dict[str, str] | None = None, blender: str = BLENDER) -> None:
        self.world = world
        self._log = open(world.folder / f"daemon-{time.monotonic_ns()}.log", "w+b")
        command = [DAEMON, "--blender-port", str(world.port), *(["--blender", blender] if blender else []), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
                                        env=world.environment(**(env or {})), cwd=world.folder)
        self._stdin = self.process.stdin.fileno()
        os.set_blocking(self._stdin, False)
        self.impure: list[bytes] = []  # lines that are no JSON-RPC message
        self.faults: list[str] = []  # of messages that the schema of their revision does not allow
        self._judge = Judge()
        self._messages: list[Json] = []
        self._ended = False
        self._changed = threading.Condition()
        self._last_id = 0
        self._schemas: dict[str, Json] = {}
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    # Bytes

    def _collect(self) -> None:
        for line in self.process.stdout:
            with self._changed:
                try:
                    message = json.loads(line, parse_constant=_refuse)
                    assert message["jsonrpc"] == "2.0"
                    self.faults += [f"{fault}, in {line[:300]!r}" for fault in self._judge.faults(message)]
                    message["raw"] = line
                    self._messages.append(message)
                except (ValueError, TypeError, KeyError, AssertionError):
                    self.impure.append(line)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def write(self, data: bytes) -> None:
        self._judge.sent(data)
        give_up = time.monotonic() + PATIENCE_S
        rest = memoryview(data)
        while rest:
            if not select.select([], [self._stdin], [], give_up - time.monotonic())[1]:
                raise AssertionError("the daemon does not read" + self.log())
            rest = rest[os.write(self._stdin, rest):]

    def send(self, message: Json) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def log(self) -> str:
        self._log.seek(0)
        return "\nThe daemon's log:\n" + self._log.read().decode("utf-8", "replace")

    # Messages

    def take(self, wanted: Callable[[Json], bool], what: str = "message", patience: float = PATIENCE_S) -> Json:
        """The first message that is wanted, now or later; it is taken away."""
        def find() -> Json | None:
            return next((message for message in self._messages if wanted(message)), None)

        with self._changed:
            self._changed.wait_for(lambda: find() or self._ended, patience)
            message = find()
            if message is None:
                why = "the daemon ended" if self._ended else f"not within {patience} s"
                raise AssertionError(f"no {what}: {why}; there is {self._messages}" + self.log())
            self._messages.remove(message)
            return message

    def notify(self, method: str, params: Json | None = None) -> None:
        self.send({"method": method, **({} if params is None else {"params": params})})

    def start(self, method: str, params: Json | None = None, **members: Any) -> Any:
        """Sends a request; its id."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, **({} if params is None else {"params": params}), **members}
        self.send(message)
        return message["id"]

    def reply(self, request_id: Any, patience: float = PATIENCE_S) -> Json:
        def is_reply(message: Json) -> bool:
            return "method" not in message and message.get("id") == request_id \
                and type(message.get("id")) is type(request_id)
        return self.take(is_reply, f"reply to {request_id!r}", patience)

    def request(self, method: str, params: Json | None = None, **members: Any) -> Json:
        return self.reply(self.start(method, params, **members))

    def result(self, method: str, params: Json | None = None) -> Json:
        reply = self.request(method, params)
        assert "result" in reply, reply
        return reply["result"]

    def waiting(self) -> list[Json]:
        """What nobody has taken yet."""
        with self._changed:
            return list(self._messages)

    def progress(self, token: Any) -> list[Json]:
        """The progress notes of a call that have come so far, in order."""
        return [message["params"] for message in self.waiting()
                if message.get("method") == "notifications/progress" and message["params"]["progressToken"] == token]

    def initialize(self, version: str = "2025-11-25") -> Json:
        result = self.result("initialize", {"protocolVersion": version, "capabilities": {},
                                            "clientInfo": {"name": "tests", "version": "1"}})
        self.notify("notifications/initialized")
        self._schemas = {tool["name"]: tool["outputSchema"] for tool in self.result("tools/list")["tools"]
                         if "outputSchema" in tool}
        return result

    # Tools

    def start_call(self, tool: str, arguments: Json | None = None, token: Any = None) -> Any:
        params: Json = {"name": tool, "arguments": arguments or {}}
        if token is not None:
            params["_meta"] = {"progressToken": token}
        return self.start("tools/call", params)

    def finish_call(self, tool: str, request_id: Any, patience: float = PATIENCE_S) -> Json:
        """The result of a call: what was promised is checked."""
        reply = self.reply(request_id, patience)
        if "result" not in reply:
            raise AssertionError(f"{tool}: {reply}")
        result = reply["result"]
        if result.get("isError"):
            return result
        structured = result["structuredContent"]
        wrong = violations(structured, self._schemas[tool])
        assert not wrong, f"{tool} breaks its outputSchema: {wrong}"
        assert result["content"][0]["type"] == "text"
        text = result["content"][0]["text"]
        if text.startswith("{"):
            assert json.loads(text) == structured, f"{tool}: text and structuredContent differ"
        else:  # what no model could read is given once
            told = int(re.match(r"The result has (\d+) bytes\. It is in structuredContent only", text)[1])
            assert told > 1 << 20, f"{tool}: {text}"
        return result

    def call(self, tool: str, arguments: Json | None = None, token: Any = None, patience: float = PATIENCE_S) -> Json:
        return self.finish_call(tool, self.start_call(tool, arguments, token), patience)

    def do(self, tool: str, **arguments: Any) -> Json:
        """The structured content of a call that must work."""
        result = self.call(tool, arguments)
        assert not result.get("isError"), f"{tool}: {error_text(result)}"
        return result["structuredContent"]

    def refuse(self, tool: str, **arguments: Any) -> str:
        """The text of a call that must fail."""
        result = self.call(tool, arguments)
        assert result.get("isError") is True, f"{tool} did not fail: {result}"
        assert "structuredContent" not in result
        return error_text(result)

    def run(self, code: str) -> Any:
        """The variable `result` of a script."""
        return self.do("execute_blender_code", code=code)["result"]

    # The end

    def close_input(self) -> None:
        if not self.process.stdin.closed:
            self.process.stdin.close()

    def wait(self, patience: float = PATIENCE_S) -> int:
        """The exit code."""
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the daemon did not end within {patience} s" + self.log()) from None
        self._reader.join(PATIENCE_S)
        return code

    def close(self) -> None:
        """Ends the daemon the polite way, unless the test has done it already."""
        try:
            self.close_input()
            self.wait(15)
            if self.impure:
                raise AssertionError(f"not a message on standard output: {self.impure[:3]}")
            if self.faults:
                raise AssertionError(f"{len(self.faults)} breaches of the MCP schema: {self.faults[:3]}")
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self._log.close()


def error_text(result: Json) -> str:
    return "\n".join(block["text"] for block in result["content"] if block["type"] == "text")


def _refuse(name: str) -> None:
    raise ValueError(f"{name} in a message")


class DaemonTestCase(unittest.TestCase):
    """Daemons of the test's own. After the test nothing of them is left."""

    maxDiff = None

    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)

    def start(self, *arguments: str, version: str | None = "2025-11-25", **options: Any) -> Client:
        client = Client(self.world, *arguments, **options)
        self.addCleanup(client.close)
        if version is not None:
            client.initialize(version)
        return client

    def the_blender(self) -> int:
        """The process id of the only Blender."""
        blenders = self.world.blenders()
        self.assertEqual(len(blenders), 1, describe(blenders))
        return blenders.pop()


class SharedDaemonTestCase(unittest.TestCase):
    """One daemon and Blender for the class; every test starts with the default scene (Camera, Cube, Light)."""

    maxDiff = None
    world: World
    client: Client

    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.client = Client(cls.world)
        cls.addClassCleanup(cls.client.close)
        cls.client.initialize()

    def setUp(self) -> None:
        self.client.do("manage_file", action="new", discard_changes=True)

    def object(self, name: str, *include: str) -> Json:
        arguments: Json = {"names": [name], **({"include": list(include)} if include else {})}
        return self.client.do("get_object_info", **arguments)["objects"][0]

    def names(self) -> list[str]:
        return [item["name"] for item in self.client.do("get_scene_info", detail="objects")["objects"]]

    def assertVector(self, actual: list[float], expected: list[float]) -> None:
        self.assertEqual(len(actual), len(expected))
        for a, b in zip(actual, expected):
            self.assertAlmostEqual(a, b, 4, f"{actual} is not {expected}")
