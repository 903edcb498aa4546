"""render: one still picture, by value."""

from __future__ import annotations

import os
import struct
import tempfile
import time
from typing import Any

import bpy

from .context import Context, Result
from .errors import Interrupted, OpError
from .render_progress import reported
from .render_setup import RenderSetup


def render(context: Context, args: dict[str, Any]) -> Result:
    context.hold_interrupts()
    with tempfile.TemporaryDirectory(prefix="render-") as folder:
        setup = RenderSetup(args, os.path.join(folder, "render.png"))
        with setup.applied():
            started = time.perf_counter()
            _render(context)
            seconds = time.perf_counter() - started
            frame = setup.scene.frame_current
        image = _read(setup.output)
    width, height = struct.unpack(">II", image[16:24])  # of the PNG header
    return Result({
        "image": {"mime_type": "image/png", "width": width, "height": height, "bytes": len(image)},
        "engine": setup.engine, "samples": setup.samples, "frame": frame, "camera": setup.camera_name,
        "seconds": round(seconds, 3), "notes": setup.notes, "generation": context.document.generation,
    }, image)


def _render(context: Context) -> None:
    try:
        with reported(context.progress):
            bpy.ops.render.render(write_still=True)
        if context.job.interrupt is None:
            context.progress_done()
    finally:
        if context.job.interrupt is not None:
            raise Interrupted


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise OpError("blender", "Blender finished without an image.",
                      remedy="Look for the reason in Blender's output.") from None
