"""Sample counts of a running render, from the statistics that Blender gives out."""

from __future__ import annotations

import os
import re
import sys
import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterator

import bpy

from . import compat

# Cycles: "Rendered 8/20 Tiles, Sample 3/64" or, untiled, "Sample 3/64". EEVEE: "Rendering 3 / 16 samples".
STATS = re.compile(r"(?:Rendered (\d+)/(\d+) Tiles, )?(?:Sample (\d+)/(\d+)|Rendering (\d+) / (\d+) samples)")

Report = Callable[[int, int, str], None]  # value, total, message


@contextmanager
def reported(report: Report) -> Iterator[None]:
    """Calls `report` with real sample counts, from whatever thread Blender or the runtime has at hand."""
    source = _from_handlers if compat.HAS_STATS_TEXT else _from_stdout
    with source(lambda text: _parse(text, report)):
        yield


def _parse(text: str, report: Report) -> None:
    match = STATS.search(text)
    if match is None:
        return
    tile, tiles, *counts = (int(group) if group else 0 for group in match.groups())
    sample, samples = (counts[0], counts[1]) if counts[1] else (counts[2], counts[3])
    if not tiles:
        report(sample, samples, f"Sample {sample}/{samples}")
    elif tile < tiles and sample < samples:
        # A finished tile is counted by the line that follows, under its new number.
        report(tile * samples + sample, tiles * samples, f"Tile {tile + 1}/{tiles}, sample {sample}/{samples}")
    elif tile:
        report(tile * samples, tiles * samples, f"Tile {tile}/{tiles}, sample {samples}/{samples}")


@contextmanager
def _from_handlers(parse: Callable[[str], None]) -> Iterator[None]:
    def on_stats(text: Any, *_rest: Any) -> None:
        parse(text)

    bpy.app.handlers.render_stats.append(on_stats)
    try:
        yield
    finally:
        bpy.app.handlers.render_stats.remove(on_stats)


@contextmanager
def _from_stdout(parse: Callable[[str], None]) -> Iterator[None]:
    """Older handlers get no text, but background Blender prints it: read what it prints, and pass it on."""
    sys.stdout.flush()
    real_stdout = os.dup(1)
    pipe_read, pipe_write = os.pipe()
    os.dup2(pipe_write, 1)
    os.close(pipe_write)
    reader = threading.Thread(target=_pass_on, args=(pipe_read, real_stdout, parse), daemon=True)
    reader.start()
    try:
        yield
    finally:
        os.dup2(real_stdout, 1)  # closes the last write end, which ends the reader
        reader.join()
        os.close(pipe_read)
        os.close(real_stdout)


def _pass_on(source: int, target: int, parse: Callable[[str], None]) -> None:
    rest = b""
    while data := os.read(source, 65536):
        os.write(target, data)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            parse(line.decode("utf-8", "replace"))
