"""Looks into Blender's scene past the daemon and the proxy, over a connection of its own."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runtime"))
import harness  # noqa: E402
from proxy import Proxy, Upstream  # noqa: E402

PREFIX = "mark-"
COUNTS = "chaos_counts"

LOOK = """
import json
counts = bpy.app.driver_namespace.setdefault({counts!r}, dict())
names = [obj.name for obj in bpy.data.objects if obj.name.startswith({prefix!r})]
result = dict(names=names, counts=dict(counts))
forget = set(json.loads({forget!r}))
for mark in forget:
    counts.pop(mark, None)
bpy.data.batch_remove([bpy.data.objects[name] for name in names if name.partition('.')[0] in forget])
"""


@dataclass(frozen=True)
class Look:
    traces: Counter[str]  # by mark
    blender: int


class Eye:
    """Reconnects when there is another Blender."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._client: harness.Client | None = None
        self._of: Upstream | None = None

    def look(self, forget: list[str]) -> Look | None:
        """What is there; then the traces of `forget` are removed. None when Blender is not there just now."""
        blender = self._proxy.blender
        if blender is None or self._proxy.token is None:
            return None
        try:
            if self._client is None or self._of != blender:
                self.close()
                hello = {"link": 1, "token": self._proxy.token, "name": "chaos", "pid": os.getpid()}
                self._client, self._of = harness.Client(blender.port, hello), blender
            found = self._client.run(LOOK.format(prefix=PREFIX, counts=COUNTS, forget=json.dumps(forget)))
        except (OSError, ValueError):
            self.close()
            return None
        traces = Counter(found["counts"])
        traces.update(name.partition(".")[0] for name in found["names"])
        return Look(traces, blender.number)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._of = None
