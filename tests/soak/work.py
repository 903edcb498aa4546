"""What the soak asks for: a mix of calls whose outcome is known beforehand."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Callable

Json = dict[str, Any]
MOST_OBJECTS = 20


@dataclass
class Call:
    kind: str
    tool: str = ""  # empty: `method` is called
    arguments: Json = field(default_factory=dict)
    method: str = ""
    expected: str = "result"
    progress: bool = False
    cancel_after: float = 0.0  # seconds; 0: not cancelled
    # Of the conversation:
    sent_at: float = 0.0
    cancelled_at: float | None = None
    token: str | None = None


class Work:
    """Calls run in the order in which they are asked for, so what was created before can be changed and deleted."""

    def __init__(self, source: random.Random) -> None:
        self._random = source
        self._objects: list[str] = []
        self._count = 0
        self._mix: list[tuple[int, Callable[[], Call]]] = [
            (30, self._read), (20, self._create), (15, self._update), (10, self._script), (5, self._cancelled),
            (10, self._invalid), (5, self._protocol), (1, self._render)]

    def next(self) -> Call:
        self._count += 1
        if self._count == 1:
            return self._render()  # however short the soak is
        if len(self._objects) >= MOST_OBJECTS:
            return self._delete()
        weights = [weight for weight, _ in self._mix]
        return self._random.choices([make for _, make in self._mix], weights)[0]()

    def _read(self) -> Call:
        return self._random.choice([
            lambda: Call("read", "get_scene_info", {"detail": "full"}),
            lambda: Call("read", "get_object_info", {"names": [self._any()]}),
            lambda: Call("read", "get_blender_status")])()

    def _create(self) -> Call:
        name = f"Soak {self._count}"
        self._objects.append(name)
        kind = self._random.choice(["cube", "sphere", "empty", "light", "text"])
        extra = {"text": {"body": "Soak"}} if kind == "text" else {}
        return Call("edit", "create_objects", {"items": [{"kind": kind, "name": name, **extra}]})

    def _update(self) -> Call:
        place = [self._random.uniform(-10, 10) for _ in range(3)]
        return Call("edit", "update_objects", {"items": [{"name": self._any(), "location": place}]})

    def _delete(self) -> Call:
        names, self._objects = self._objects, []
        return Call("edit", "delete_objects", {"names": names, "purge_data": True})

    def _script(self) -> Call:
        return self._random.choice([
            Call("script", "execute_blender_code", {"code": "result = len(bpy.data.objects)"}),
            Call("script", "execute_blender_code", {"code": "print('x' * 100_000)"}),
            Call("failing script", "execute_blender_code", {"code": "1 / 0"}, expected="tool error")])

    def _cancelled(self) -> Call:
        code = self._random.choice(["import time; time.sleep(60)", "while True: pass"])
        return Call("cancelled script", "execute_blender_code", {"code": code},
                    cancel_after=self._random.choice([0.001, 0.3, 0.8]))

    def _invalid(self) -> Call:
        tool, arguments = self._random.choice([
            ("create_objects", {"items": []}), ("create_objects", {"items": [{"kind": "cbue"}]}),
            ("update_objects", {"items": [{"name": "Cube", "location": [1, 2]}]}), ("get_object_info", {}),
            ("render", {"resolution": [-1, 1e300]}), ("execute_blender_code", {"code": 7}),
            ("delete_objects", {"names": ["Nobody"]})])
        return Call("invalid arguments", tool, arguments, expected="tool error")

    def _protocol(self) -> Call:
        return self._random.choice([
            Call("ping", method="ping"), Call("list", method="tools/list"),
            Call("unknown method", method="no/such", expected="protocol error"),
            Call("unknown tool", "no_such", expected="protocol error")])

    def _render(self) -> Call:
        return Call("render", "render", {"engine": "cycles", "samples": 4, "resolution": [32, 24]}, progress=True)

    def _any(self) -> str:
        return self._random.choice([*self._objects, "Cube"])
