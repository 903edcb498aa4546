"""One session of an SDK client, held by a program in clients/ that does what it is told line by line.

To the program:   {"id":1,"do":"list"}
                  {"id":2,"do":"call","tool":"render","arguments":{}}
                  {"id":3,"do":"cancel","call":2}
                  {"id":4,"do":"answer","with":{"action":"accept","content":{}}}: what its user says from now on
                  {"id":5,"do":"subscribe","wishes":{"uris":[..]}}, and "unsubscribe"
                  {"id":6,"do":"start_task","tool":"render","arguments":{}}: the result is the task
                  {"id":7,"do":"get_task","task":".."}, and "task_result", "cancel_task"
From the program: {"id":2,"progress":{...}}
                  {"id":2,"result":{...}} or {"id":2,"error":{"code":..,"message":".."}}
By itself:        {"id":0,"result":{"protocol":"2025-11-25","server":{...},"instructions":".."}} after connecting
                  {"id":0,"asked":{...}} when its user is asked
                  {"id":0,"notification":{"method":..,"params":..}}
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

from stage import PATIENCE_S, Stage

Json = dict[str, Any]


class CallFailed(Exception):
    """The SDK has thrown."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error.get('code')}: {error['message']}")
        self.code = error.get("code")
        self.message: str = error["message"]


class Pending:
    """An order that was given to the client program."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.progress: list[Json] = []
        self._progressed = threading.Event()
        self._answer: queue.Queue[Json] = queue.Queue()

    def hear(self, message: Json) -> None:
        if "progress" in message:
            self.progress.append(message["progress"])
            self._progressed.set()
        else:
            self._answer.put(message)

    def wait_for_progress(self) -> None:
        if not self._progressed.wait(PATIENCE_S):
            raise TimeoutError(f"no progress within {PATIENCE_S:.0f} s")

    def result(self) -> Json:
        try:
            answer = self._answer.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise TimeoutError(f"no answer within {PATIENCE_S:.0f} s") from None
        if "error" in answer:
            raise CallFailed(answer["error"])
        return answer["result"]


class Session:
    """A client program that is connected to `server`: {"command":..,"args":..,"env":..}, which it starts, or
    {"url":..,"tokenFile":..}. Its output, but for the messages, and that of a server it starts, goes to a log."""

    def __init__(self, stage: Stage, program: list[str], server: Json) -> None:
        self._log = open(stage.folder / "client.log", "w+b")
        self._notifications: queue.Queue[Json] = queue.Queue()
        self.asked: list[Json] = []
        self._process = subprocess.Popen([*program, json.dumps(server)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._log, text=True, cwd=stage.folder, env=_environment())
        self.pid = self._process.pid
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._ended: str | None = None
        connected = Pending(0)
        self._pending: dict[int, Pending] = {0: connected}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.connection = connected.result()
        except BaseException:
            self.close()
            raise

    def start(self, do: str, **fields: Any) -> Pending:
        pending = Pending(next(self._numbers))
        with self._lock:
            self._pending[pending.number] = pending
            if self._ended is not None:
                pending.hear({"error": {"message": self._ended}})
                return pending
        self._process.stdin.write(json.dumps({"id": pending.number, "do": do, **fields}) + "\n")
        self._process.stdin.flush()
        return pending

    def list_tools(self) -> list[Json]:
        return self.start("list").result()["tools"]

    def start_call(self, tool: str, arguments: Json) -> Pending:
        return self.start("call", tool=tool, arguments=arguments)

    def call(self, tool: str, arguments: Json | None = None) -> Json:
        return self.start_call(tool, arguments or {}).result()

    def cancel(self, call: Pending) -> None:
        self.start("cancel", call=call.number).result()

    def answer_with(self, action: str, **content: Any) -> None:
        """What the user says to all questions from now on."""
        answer = {"action": action, "content": content} if action == "accept" else {"action": action}
        self.start("answer", **{"with": answer}).result()

    def subscribe(self, *uris: str) -> None:
        """To these resources, and to changes of the list of tools."""
        self.start("subscribe", wishes={"uris": uris}).result()

    def unsubscribe(self) -> None:
        self.start("unsubscribe").result()

    def wait_for_notification(self, method: str, fits: Callable[[Json], bool] = lambda params: True) -> list[str]:
        """The methods of those that came before it."""
        before = []
        deadline = time.monotonic() + PATIENCE_S
        try:
            while True:
                heard = self._notifications.get(timeout=max(0.0, deadline - time.monotonic()))
                if heard["method"] == method and fits(heard.get("params") or {}):
                    return before
                before.append(heard["method"])
        except queue.Empty:
            raise TimeoutError(f"no {method} within {PATIENCE_S:.0f} s; before: {before}") from None

    def start_task(self, tool: str, arguments: Json) -> str:
        """Its id."""
        return self.start("start_task", tool=tool, arguments=arguments).result()["taskId"]

    def task_status(self, task: str) -> str:
        return self.start("get_task", task=task).result()["status"]

    def task_result(self, task: str) -> Json:
        return self.start("task_result", task=task).result()

    def cancel_task(self, task: str) -> None:
        self.start("cancel_task", task=task).result()

    def kill(self) -> None:
        """The client is gone, and has told nobody."""
        self._process.kill()

    def close(self) -> None:
        """Lets the client close its session the way its SDK does it."""
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._reader.join()
            self._process.stdout.close()
            self._log.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            message = json.loads(line)
            if "notification" in message:
                self._notifications.put(message["notification"])
                continue
            if "asked" in message:
                self.asked.append(message["asked"])
                continue
            with self._lock:
                pending = self._pending[message["id"]]
            pending.hear(message)
        with self._lock:
            self._log.seek(0)
            self._ended = "the client program has ended\n" + self._log.read()[-10_000:].decode("utf-8", "replace")
            for pending in self._pending.values():
                pending.hear({"error": {"message": self._ended}})


def _environment() -> dict[str, str]:
    """Ours without what would configure the daemon behind the test's back."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("BLENDER_", "MCP_"))}
