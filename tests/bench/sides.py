"""The two sides of a benchmark with a Blender: the daemon, and ahujasid/blender-mcp with its add-on. Both are asked by the same
client, so that what it costs is the same."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "integration")]
PATIENCE_S = 300.0
THEIRS = "ahujasid/blender-mcp"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--blender", default="/usr/bin/blender")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="that peers.py has prepared")
    parser.add_argument("daemon")


def use(arguments: argparse.Namespace) -> None:
    """Before anything else here: what the tests have for Blenders and daemons reads the environment when it is imported."""
    os.environ["BLENDER_MCPD"] = str(Path(arguments.daemon).resolve())
    os.environ["BLENDER_MCPD_TEST_BLENDER"] = arguments.blender
    if arguments.peers and not (arguments.peers / "peers.json").exists():
        sys.exit(f"{arguments.peers} has no peers.json: tests/bench/peers.py makes it")


class Server:
    """An MCP server over stdio, asked one thing at a time."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL)
        self._unread = b""
        self._last_id = 0
        try:
            self._ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {},
                                     "clientInfo": {"name": "benchmark", "version": "1"}})
            self._write({"method": "notifications/initialized"})
        except BaseException:
            self.close()
            raise

    def call(self, tool: str, **arguments: Any) -> str:
        """The text of the reply. RuntimeError when the call failed."""
        result = self._ask("tools/call", {"name": tool, "arguments": arguments})
        text = "\n".join(block["text"] for block in result["content"] if block["type"] == "text")
        # Theirs says so in the text alone.
        if result.get("isError") or text.startswith("Error "):
            raise RuntimeError(f"{tool}: {text[:2000]}")
        return text

    def close(self) -> None:
        try:
            self._process.stdin.close()
            self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()

    def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._last_id += 1
        self._write({"id": self._last_id, "method": method, "params": params})
        give_up = time.monotonic() + PATIENCE_S
        while True:
            message = json.loads(self._line(give_up))
            if message.get("id") == self._last_id and "method" not in message:
                if "result" not in message:
                    raise RuntimeError(f"{method}: {message}")
                return message["result"]

    def _write(self, message: dict[str, Any]) -> None:
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._process.stdin.flush()

    def _line(self, give_up: float) -> bytes:
        parts = [self._unread]
        while b"\n" not in parts[-1]:
            if not select.select([self._process.stdout], [], [], give_up - time.monotonic())[0]:
                raise RuntimeError(f"no answer within {PATIENCE_S:g} s")
            parts.append(os.read(self._process.stdout.fileno(), 1 << 20))
            if not parts[-1]:
                raise RuntimeError("the server ended")
        line, _, self._unread = b"".join(parts).partition(b"\n")
        return line


@contextlib.contextmanager
def users_blender() -> Iterator[int]:
    """One with a window and their add-on; the port that it listens on."""
    from test_blender_addon import ADDON, UsersBlender, addon_file
    from virtual_display import Display

    display = Display()
    try:
        blender = UsersBlender(display, addon_file(*ADDON))
        try:
            yield blender.port
        finally:
            blender.stop()
    finally:
        display.stop()


@contextlib.contextmanager
def daemon(their_addon: int | None = None) -> Iterator[Server]:
    """On top of their add-on, or with a Blender without a window that it starts."""
    from world import BLENDER, DAEMON, World

    world = World()
    try:
        settings = {"BLENDER_MCPD_CACHE_ENABLED": "false", "BLENDER_MCPD_LIMITS_ENABLED": "false"}
        if their_addon is None:
            command = [DAEMON, "--blender-port", str(world.port), "--blender", BLENDER]
        else:
            command = [DAEMON, "--blender-port", str(their_addon)]
            settings |= {"BLENDER_MCPD_BLENDER_DIALECT": "ahujasid", "BLENDER_MCPD_BLENDER_LAUNCH": "never"}
        with contextlib.closing(Server(command, world.environment(**settings))) as server:
            yield server
    finally:
        world.close()


@contextlib.contextmanager
def their_server(peers: Path | None, port: int) -> Iterator[Server | None]:
    """For their add-on. None, and standard error says so, where it is not to be had."""
    prepared = json.loads((peers / "peers.json").read_text("utf-8")) if peers else {}
    if "blender-mcp" not in prepared:
        print(f"the server of {THEIRS} is left out: " + (f"it is not in {peers}" if peers else "no --peers"), file=sys.stderr)
        yield None
        return
    with contextlib.closing(Server([*prepared["blender-mcp"]["command"], "--port", str(port)])) as server:
        yield server


def their_version() -> str:
    from test_blender_addon import ADDON

    return f"version {ADDON[1]}"
