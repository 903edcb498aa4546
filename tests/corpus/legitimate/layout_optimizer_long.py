"""Packs the selected objects into rows, widest first, like boxes on shelves."""
import bpy
from mathutils import Vector
from operator import attrgetter, itemgetter
from typing import Optional

MARGIN = 0.2
SHELF = 10.0


class Box:
    __slots__ = ("ob", "lo", "hi")

    def __init__(self, ob: bpy.types.Object) -> None:
        points = [ob.matrix_world @ Vector(c) for c in ob.bound_box]
        self.ob = ob
        self.lo = Vector(min(p[i] for p in points) for i in range(3))
        self.hi = Vector(max(p[i] for p in points) for i in range(3))

    @property
    def size(self) -> Vector:
        return self.hi - self.lo

    def move_to(self, x: float, y: float) -> None:
        delta = Vector((x, y, 0)) - Vector((self.lo.x, self.lo.y, self.lo.z))
        self.ob.matrix_world.translation += delta

    def __lt__(self, other: "Box") -> bool:
        return self.size.y > other.size.y

    def __repr__(self) -> str:
        return f"<Box {self.ob.name} {tuple(round(v, 2) for v in self.size)}>"


def shelves(boxes: list[Box], width: float) -> list[list[Box]]:
    rows: list[list[Box]] = []
    used: Optional[float] = None
    for box in sorted(boxes):
        need = box.size.x + MARGIN
        if used is None or used + need > width:
            rows.append([])
            used = 0.0
        rows[-1].append(box)
        used += need
    return rows


boxes = [Box(ob) for ob in bpy.context.selected_objects if ob.type == 'MESH' and ob.parent is None]
y = 0.0
for row in shelves(boxes, SHELF):
    x = 0.0
    for box in row:
        box.move_to(x, y)
        x += box.size.x + MARGIN
    y += max(b.size.y for b in row) + MARGIN

by_area = sorted(((b.size.x * b.size.y, b.ob.name) for b in boxes), key=itemgetter(0), reverse=True)
for area, name in by_area[:5]:
    print(f"{area:8.2f}  {name}")
print(sorted((b.ob for b in boxes), key=attrgetter("name"))[:3])
