#!/usr/bin/python3
"""Makes the servers ready that the daemon is compared with, in pinned versions from npm and PyPI, and lists them in
FOLDER/peers.json: how each is started, the call that it is measured with, and its version. Where there is no way to one it
is left out, and standard error says why. What is there already is not installed again.

usage: peers.py FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, Callable

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "integration")]
import pinned_packages  # noqa: E402  (needs the paths above)
from test_blender_addon import ADDON  # noqa: E402

NPM = {"@modelcontextprotocol/sdk": "1.32.2", "@modelcontextprotocol/server-everything": "2026.8.31"}
# The server of the add-on goes with the first version of the SDK alone: the one that calls its servers FastMCP.
PYPI = {"mcp": "1.30.0", **dict([ADDON])}
ECHO = {"tool": "echo", "arguments": {"message": "hello"}}

Peers = dict[str, dict[str, Any]]


def from_npm(folder: Path) -> Peers:
    node, modules = pinned_packages.node(folder, NPM)
    # Node resolves an import from where the program lies, so ours go beside the packages.
    for program in HERE.glob("peers/*.mjs"):
        shutil.copy(program, modules.parent)
    sdk, everything = NPM

    def echo(program: str) -> dict[str, Any]:
        return {"command": [str(node), str(modules.parent / program)], **ECHO, "version": NPM[sdk]}

    return {"ts-echo": echo("echo_stdio.mjs"), "ts-echo-http": echo("echo_http.mjs"),
            "server-everything": {"command": [str(node), str(modules / everything / "dist" / "index.js"), "stdio"], **ECHO,
                                  "version": NPM[everything]}}


def from_pypi(folder: Path) -> Peers:
    python = pinned_packages.python(folder, PYPI)
    # It would tell its makers of every call. The environment was made in another place, so its own programs do not start.
    server = ["/usr/bin/env", "DISABLE_TELEMETRY=true", f"XDG_DATA_HOME={folder / 'blender-mcp'}",
              str(python), "-c", "from blender_mcp.server import main; main()"]
    return {"fastmcp-echo": {"command": [str(python), str(HERE / "peers" / "echo_fastmcp.py")], **ECHO, "version": PYPI["mcp"]},
            # Without `--port N` of an add-on the call fails.
            "blender-mcp": {"command": server, "tool": "get_object_info", "arguments": {"object_name": "Light"},
                            "version": PYPI["blender-mcp"]}}


def found(folder: Path) -> Peers:
    peers: Peers = {}
    sources: dict[str, Callable[[Path], Peers]] = {"npm": from_npm, "PyPI": from_pypi}
    for name, source in sources.items():
        try:
            peers |= source(folder)
        except (unittest.SkipTest, RuntimeError, OSError, subprocess.TimeoutExpired) as reason:
            print(f"the peers from {name} are left out: {reason}", file=sys.stderr)
    return peers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".peers-{os.getpid()}.json"
    unfinished.write_text(json.dumps(found(folder), indent=1) + "\n", "utf-8")
    unfinished.rename(folder / "peers.json")


if __name__ == "__main__":
    main()
