"""render: one still picture by value, or an animation into files."""

from __future__ import annotations

import os
import tempfile
import time
from typing import Any

import bpy

from .context import Context, Result
from .errors import OpError
from .render_animation import render_animation
from .render_progress import reported
from .render_run import png_size, stoppable
from .render_setup import RenderSetup


def render(context: Context, args: dict[str, Any]) -> Result:
    if args.get("kind") == "animation":
        return render_animation(context, args)
    return _render_still(context, args)


def _render_still(context: Context, args: dict[str, Any]) -> Result:
    context.hold_interrupts()
    with tempfile.TemporaryDirectory(prefix="render-") as folder:
        setup = RenderSetup(args, os.path.join(folder, "render.png"))
        with setup.applied():
            started = time.perf_counter()
            _render(context)
            seconds = time.perf_counter() - started
            frame = setup.scene.frame_current
        image = _read(setup.output)
    width, height = png_size(image)
    return Result({
        "image": {"mime_type": "image/png", "width": width, "height": height, "bytes": len(image)},
        "engine": setup.engine, "samples": setup.samples, "frame": frame, "camera": setup.camera_name,
        "seconds": round(seconds, 3), "notes": setup.notes, "generation": context.document.generation,
    }, image)


def _render(context: Context) -> None:
    with stoppable(context), reported(context.progress):
        bpy.ops.render.render(write_still=True)
    context.progress_done()


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise OpError("blender", "Blender finished without an image.",
                      remedy="Look for the reason in Blender's output.") from None
