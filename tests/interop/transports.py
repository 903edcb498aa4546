"""The two ways from a client to a server, mixed into TestCases.

Over stdio every session has a server of its own, since its client starts it. Over HTTP the sessions of a module share one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import unittest
from contextlib import ExitStack, closing
from typing import Any

import recording
from session import Session
from stage import END_S, PATIENCE_S, Stage, ends

Json = dict[str, Any]


class Stdio:
    @classmethod
    def address(cls, stage: Stage, command: list[str]) -> Json:
        """What a session is told to connect to."""
        command = recording.stand_in(command, cls.__name__)
        return {"command": command[0], "args": command[1:], "env": stage.environment()}

    def server_pid(self, session: Session) -> int:
        """A process that all processes of the session's server descend from, and nobody else's."""
        return session.pid


class Server:
    """A server over HTTP until it is closed."""

    client = ""  # the TestCase whose client connects next

    def __init__(self, stage: Stage, command: list[str], token_file: str | None) -> None:
        self._log = stage.folder / "server.log"
        # Ours alone: a variable that only the tests know is an error to the daemon.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BLENDER_")}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=stage.folder,
                                             env={**inherited, **stage.environment()})
        self.pid = self._process.pid
        self._proxy: recording.Proxy | None = None
        try:
            url = self._url()
            if recording.folder() is not None:
                self._proxy = recording.Proxy(recording.port_of(url), lambda: self.client)
                url = recording.with_port(url, self._proxy.port)
            self.address = {"url": url, "tokenFile": token_file}
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def close(self) -> None:
        if self._proxy is not None:
            self._proxy.close()
        self._process.send_signal(signal.SIGTERM)
        if not ends(self.pid, time.monotonic() + END_S):
            self._process.kill()
        if code := self._process.wait():
            raise AssertionError(f"the server ended with {code}:\n{self._tail()}")

    def _url(self) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if found := re.search(r"listening on (http://\S+)", self._log.read_text("utf-8", "replace")):
                return found[1]
            if ends(self.pid, time.monotonic() + 0.02):
                break
        raise AssertionError(f"the server does not listen:\n{self._tail()}")

    def _tail(self) -> str:
        return self._log.read_text("utf-8", "replace")[-10_000:]


class Http:
    server: Server  # of the module that is tested

    @classmethod
    def serve(cls, command: list[str], with_token: bool) -> None:
        """For setUpModule. The server lives as long as the module."""
        cleanup = ExitStack()
        unittest.addModuleCleanup(cleanup.close)
        stage = cleanup.enter_context(closing(Stage()))
        token_file = str(stage.folder / "token") if with_token else None
        more = ["--token-file", token_file] if token_file else ["--no-auth"]
        cls.server = cleanup.enter_context(closing(Server(stage, [*command, "serve", "--port", "0", *more], token_file)))

    @classmethod
    def address(cls, stage: Stage, command: list[str]) -> Json:
        cls.server.client = cls.__name__
        return cls.server.address

    def server_pid(self, session: Session) -> int:
        return self.server.pid
