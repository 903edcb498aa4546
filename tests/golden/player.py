"""Plays golden scenes: a request that a user would make, answered by calls of the tools alone."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any, Iterator

GOLDEN = Path(__file__).resolve().parent
sys.path.insert(0, str(GOLDEN.parent / "integration"))

from client import Client, error_text  # noqa: E402
from expectation import misses  # noqa: E402

Json = dict[str, Any]

# A picture of good quality may take minutes.
PATIENCE_S = 900.0


class Scene:
    """A file: {title, request, steps, checks, picture}. Steps and checks are calls: {tool, arguments, expect}, where `expect`
    maps JSON pointers into the answer to what must be there (expectation.py). In texts {golden} is this folder and {work} one
    for what the scene writes. picture: {arguments of render, frames: of a film strip, columns}."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._text = path.read_text(encoding="utf-8")
        data = json.loads(self._text)
        self.title: str = data["title"]
        self.request: str = data["request"]
        self.steps: list[Json] = data["steps"]
        self.checks: list[Json] = data["checks"]
        self.picture: Json = data["picture"]

    def tools(self) -> dict[str, int]:
        """How often each tool was called to make the scene, in order."""
        counts: dict[str, int] = {}
        for call in self.steps:
            counts[call["tool"]] = counts.get(call["tool"], 0) + 1
        return counts

    def frames(self) -> list[int | None]:
        return self.picture.get("frames", [None])

    def columns(self) -> int:
        return self.picture.get("columns", 1)

    def only_frame(self) -> None:
        """Of a film strip, the frame in the middle."""
        frames = self.frames()
        self.picture["frames"] = [frames[len(frames) // 2]]


def scenes() -> list[Scene]:
    return [Scene(path) for path in sorted(GOLDEN.glob("[0-9][0-9]-*.json"))]


def settings(work: Path) -> dict[str, str]:
    """The environment of a daemon for scenes that write into that folder."""
    return {"BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_FILES_ROOTS": f"{GOLDEN},{work}"}


def make(client: Client, scene: Scene, work: Path) -> None:
    """Makes the scene in an empty file and checks it. AssertionError when something is not as expected."""
    _call(client, scene, "new", {"tool": "manage_file",
                                 "arguments": {"action": "new", "use_empty": True, "discard_changes": True}}, work)
    for kind, calls in (("step", scene.steps), ("check", scene.checks)):
        for number, call in enumerate(calls, 1):
            _call(client, scene, f"{kind} {number}", call, work)


def pictures(client: Client, scene: Scene, **arguments: Any) -> Iterator[bytes]:
    """The frames of the picture as PNG; `arguments` of render win over those of the file."""
    for frame in scene.frames():
        own = {key: value for key, value in scene.picture.items() if key not in ("frames", "columns")}
        merged = {**own, **arguments, **({} if frame is None else {"frame": frame})}
        result = _call(client, scene, "picture", {"tool": "render", "arguments": merged}, GOLDEN)
        (image,) = [block for block in result["content"] if block["type"] == "image"]
        yield base64.b64decode(image["data"], validate=True)


def _call(client: Client, scene: Scene, where: str, call: Json, work: Path) -> Json:
    arguments = _filled(call["arguments"], {"{golden}": str(GOLDEN), "{work}": str(work)})
    result = client.call(call["tool"], arguments, patience=PATIENCE_S)
    assert not result.get("isError"), f"{scene.name}, {where}, {call['tool']}: {error_text(result)}"
    wrong = misses(result["structuredContent"], call.get("expect", {}))
    assert not wrong, f"{scene.name}, {where}, {call['tool']}: " + "; ".join(wrong)
    return result


def _filled(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(part, places) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, places) for part in value]
    if isinstance(value, str):
        for mark, text in places.items():
            value = value.replace(mark, text)
    return value
