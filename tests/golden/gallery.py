#!/usr/bin/python3
"""Renders the golden scenes in good quality into docs/gallery, and writes the page that shows them. See scripts/gallery."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player import Scene

GOLDEN = Path(__file__).resolve().parent
GALLERY = GOLDEN.parents[1] / "docs" / "gallery"
SOURCE = "../../tests/golden"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blender", required=True, help="that renders")
    parser.add_argument("--binary", required=True, help="blender-mcpd")
    parser.add_argument("--page-only", action="store_true", help="render nothing")
    parser.add_argument("scene", nargs="*", help="parts of names; all scenes by default")
    arguments = parser.parse_args()
    # What the test's client goes by; it is read when that is imported.
    os.environ["BLENDER_MCPD"] = str(Path(arguments.binary).resolve())
    os.environ["BLENDER_MCPD_TEST_BLENDER"] = arguments.blender
    from player import scenes

    GALLERY.mkdir(exist_ok=True)
    everything = scenes()
    chosen = [scene for scene in everything if not arguments.scene or any(part in scene.name for part in arguments.scene)]
    for scene in [] if arguments.page_only else chosen:
        started = time.monotonic()
        path = render(scene, arguments.blender)
        print(f"{path.name}: {path.stat().st_size // 1024} KB, {time.monotonic() - started:.0f} s", flush=True)
    (GALLERY / "README.md").write_text(page(everything), encoding="utf-8")
    return 0


def render(scene: Scene, blender: str) -> Path:
    from client import Client
    from player import make, pictures, settings
    from world import World

    world = World()
    try:
        work = world.folder / "work"
        work.mkdir()
        client = Client(world, env=settings(work))
        try:
            client.initialize()
            make(client, scene, work)
            frames = list(pictures(client, scene))
        finally:
            client.close()
    finally:
        world.close()
    return compose(frames, scene, blender)


def compose(frames: list[bytes], scene: Scene, blender: str) -> Path:
    path = GALLERY / f"{scene.name}.jpg"
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, data in enumerate(frames):
            names.append(f"{folder}/{number}.png")
            Path(names[-1]).write_bytes(data)
        script = str(GOLDEN / "compose.py")
        subprocess.run([blender, "--background", "--factory-startup", "--python-exit-code", "1", "--python", script, "--",
                        str(scene.columns()), str(path), *names], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return path


def page(all_scenes: list[Scene]) -> str:
    lines = [
        "# Gallery", "",
        "Ten things that somebody might ask for. Each was made by calls of the tools alone, without a line of Python: the files that",
        "are linked below hold the calls, and what is checked of the scene afterwards. `scripts/gallery` renders all of them; the",
        "tests play all of them with every Blender. This page is written by `scripts/gallery`, too.", ""]
    for scene in all_scenes:
        calls = sum(scene.tools().values())
        tools = ", ".join(f"`{tool}`" + (f" × {count}" if count > 1 else "") for tool, count in scene.tools().items())
        lines += [f"## {scene.title}", "", f"> {scene.request}", "", f"![{scene.title}]({scene.name}.jpg)", "",
                  f"[{calls} calls]({SOURCE}/{scene.name}.json): {tools}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
