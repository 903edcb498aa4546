"""The room that visible things take, instances included."""

from __future__ import annotations

import math
from typing import Any, Sequence

from mathutils import Matrix, Vector

# Of these a viewport or a render shows a surface.
SURFACE_TYPES = {"MESH", "CURVE", "CURVES", "SURFACE", "META", "FONT", "VOLUME", "POINTCLOUD", "GPENCIL",
                 "GREASEPENCIL"}
# Half the size of what has none.
POINT_RADIUS = 0.5
# So many parts are framed each by itself, which is tighter; more of them by the box around them all.
MAX_PARTS = 1000


class Box:
    """Along the axes of the world, around parts that need not be."""

    def __init__(self) -> None:
        self.low = [math.inf] * 3
        self.high = [-math.inf] * 3
        self._parts: list[list[Vector]] = []  # their corners

    @property
    def is_empty(self) -> bool:
        return self.low[0] > self.high[0]

    @property
    def center(self) -> Vector:
        return (Vector(self.low) + Vector(self.high)) / 2

    def corners(self) -> list[Vector]:
        """All is within them."""
        if 0 < len(self._parts) <= MAX_PARTS:
            return [corner for part in self._parts for corner in part]
        return _box_corners(self.low, self.high)

    def add(self, corners: Sequence[Vector]) -> None:
        """A part, in the world."""
        if not all(math.isfinite(value) for corner in corners for value in corner):
            return
        for axis in range(3):
            values = [corner[axis] for corner in corners]
            self.low[axis] = min(self.low[axis], *values)
            self.high[axis] = max(self.high[axis], *values)
        if len(self._parts) <= MAX_PARTS:
            self._parts.append(list(corners))

    def add_point(self, obj: Any, matrix: Matrix) -> None:
        """Something without a surface: it is about as large as it is drawn."""
        radius = POINT_RADIUS
        if obj.type == "EMPTY":
            radius = obj.empty_display_size
        radius = abs(radius * max(matrix.to_scale(), key=abs))
        self.add(_box_corners(*([value + way for value in matrix.translation] for way in (-radius, radius))))

    def widen(self) -> None:
        """One that is a mere point, or nothing, becomes one that can be looked at."""
        if self.is_empty:
            self.add(_box_corners([-1.0] * 3, [1.0] * 3))
        elif self.low == self.high:
            self.add(_box_corners([value - 1 for value in self.low], [value + 1 for value in self.high]))


def _box_corners(low: Sequence[float], high: Sequence[float]) -> list[Vector]:
    return [Vector((x, y, z)) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]


def visible_box(depsgraph: Any, space: Any, wanted: set[int] | None = None) -> tuple[Box, bool]:
    """Of what the scene shows in that 3D view (or in none), or of these objects and their instances (by as_pointer());
    whether there is a surface in it. Things without surfaces count only where there is nothing else."""
    surfaces, points = Box(), Box()
    shown: dict[int, bool] = {}
    for instance in depsgraph.object_instances:
        obj = instance.object
        owner = (instance.parent if instance.is_instance else obj).original
        key = owner.as_pointer()
        if key not in shown:  # what is hidden is among them when there are instances of it
            shown[key] = (wanted is None or key in wanted) and owner.visible_get(viewport=space)
        if not shown[key]:
            continue
        if has_surface(obj):
            if instance.show_self or instance.is_instance:
                surfaces.add([instance.matrix_world @ Vector(corner) for corner in obj.bound_box])
        elif not instance.is_instance:
            points.add_point(obj, instance.matrix_world)
    return (points, False) if surfaces.is_empty else (surfaces, True)


def has_surface(obj: Any) -> bool:
    """Of an evaluated object: a mesh may have become empty."""
    return obj.type in SURFACE_TYPES and not (obj.type == "MESH" and not obj.data.vertices)
