"""What a daemon holds at one moment, from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from client import Client


@dataclass
class Sample:
    at: float  # seconds since the beginning
    rss_kb: int
    fds: int
    threads: int
    blender_kb: int  # of all Blenders


def take_sample(client: Client, at: float) -> Sample:
    pid = client.process.pid
    return Sample(at, _status(pid, "VmRSS"), len(os.listdir(f"/proc/{pid}/fd")), _status(pid, "Threads"),
                  sum(_status(blender, "VmRSS") for blender in client.world.blenders()))


def growth_per_s(points: list[tuple[float, float]]) -> float:
    """The slope of the least squares line through the points."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def _status(pid: int, name: str) -> int:
    """0 when the process is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
