"""How large a mesh becomes by its modifiers, and what they take to evaluate: estimated, before Blender does it. Blender asks
nobody and cannot be stopped there; a subdivision too many takes all memory there is."""

from __future__ import annotations

import math
import resource
from array import array
from dataclasses import dataclass
from typing import Any, Callable, Sequence

import bpy

from .errors import invalid

# Faces that a stack may make: some gigabytes, and minutes.
MAX_FACES = 20_000_000
# Of the memory that is free.
_SHARE = 0.8
# Where nobody tells how much that is.
_UNKNOWN_MEMORY = 8e9

# Measured with 3.4 to 5.2. OpenSubdiv keeps stencils for each corner of faces that are no quads.
_FACE_BYTES = 300
_CORNER_BYTES = 1_000
_ODD_CORNER_BYTES = 6_000  # times the quality, and more with higher ones
_LETTER_FACES = 100


@dataclass
class _Size:
    faces: float
    corners: float
    odd_corners: float  # of faces that are no quads
    most_faces: float = 0.0  # on the way, and bytes
    peak: float = 0.0

    def grow(self, factor: float) -> None:
        self.resize(self.faces * factor, self.corners * factor, self.odd_corners * factor)

    def resize(self, faces: float, corners: float, odd_corners: float) -> None:
        self.faces, self.corners, self.odd_corners = faces, corners, odd_corners
        self.most_faces = max(self.most_faces, faces)
        self.peak = max(self.peak, faces * _FACE_BYTES)

    def all_quads(self, faces: float) -> None:
        self.resize(faces, 4 * faces, 0)


class SizeLimit:
    """Of what the modifiers of some objects may make of them together, beyond what they made before: that much there is."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self._before = {obj: _size(obj) for obj in objects}
        self._needed = dict.fromkeys(objects, 0.0)
        self._free = _free_memory()

    def check(self, obj: Any, field: str) -> None:
        """After a change of its modifiers, before anything evaluates them. OpError when it would be too much."""
        size, before = _size(obj), self._before[obj]
        if size.most_faces > max(MAX_FACES, before.most_faces):
            raise invalid(f"The modifiers of {obj.name!r} would make {_about(size.most_faces)} faces; at most {MAX_FACES} are "
                          "allowed.", field, _REMEDY)
        self._needed[obj] = max(size.peak - before.peak, 0.0)
        needed = sum(self._needed.values())
        if needed > self._free * _SHARE:
            raise invalid(f"The modifiers would take about {needed / 1e9:.1f} GB of memory; {self._free / 1e9:.1f} GB are free.",
                          field, _REMEDY)


_REMEDY = ("Use less: each level of subdivision makes four times as many faces, and takes most where a mesh is no quads "
           "(decimate or remesh it first).")


def _about(count: float) -> str:
    return str(int(count)) if count < 1e15 else f"{count:.0e}"


def _free_memory() -> float:
    """In bytes: what the system has, and what this process may still take."""
    free = _UNKNOWN_MEMORY
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            free = next(float(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:"))
        limit, _hard = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            with open("/proc/self/statm", encoding="ascii") as file:
                free = min(free, limit - int(file.read().split()[0]) * resource.getpagesize())
    except (OSError, StopIteration, ValueError):
        pass
    return max(free, 0.0)


def _size(obj: Any) -> _Size:
    size = _base(obj)
    for modifier in obj.modifiers:
        if modifier.show_viewport:
            _GROWTH.get(modifier.type, _same)(modifier, size)
    return size


def _base(obj: Any) -> _Size:
    data = obj.data
    if obj.type == "MESH":
        faces, corners = len(data.polygons), len(data.loops)
        odd = 0
        if corners != 4 * faces or any(modifier.type in ("SUBSURF", "MULTIRES") for modifier in obj.modifiers):
            totals = array("i", bytes(4 * faces))
            data.polygons.foreach_get("loop_total", totals)
            odd = corners - 4 * totals.count(4)
        return _Size(max(faces, len(data.edges) / 2), corners, odd)
    faces = 0.0
    if obj.type == "FONT":
        faces = len(data.body) * _LETTER_FACES
    elif obj.type in ("CURVE", "SURFACE"):
        faces = sum(max(len(spline.points), len(spline.bezier_points)) * spline.resolution_u for spline in data.splines)
        faces *= 4 * (data.bevel_resolution + 1) if data.bevel_depth else 1
    return _Size(faces, 4 * faces, 0)


# By type


def _same(_modifier: Any, _size: _Size) -> None:
    """Unknown, or no more than before."""


def _subdivide(size: _Size, levels: int, smooth: bool, quality: int) -> None:
    scene = bpy.context.scene.render
    levels = min(levels, scene.simplify_subdivision) if scene.use_simplify else levels
    if levels == 0:
        return
    odd = _ODD_CORNER_BYTES * quality * (1 + quality / 10) if smooth else _CORNER_BYTES
    working = size.odd_corners * odd + (size.corners - size.odd_corners) * _CORNER_BYTES
    size.all_quads(max(size.corners, size.faces) * 4.0 ** (levels - 1))
    size.peak = max(size.peak, working + size.faces * _FACE_BYTES)


def _subsurf(modifier: Any, size: _Size) -> None:
    smooth = modifier.subdivision_type == "CATMULL_CLARK" and modifier.use_limit_surface
    _subdivide(size, modifier.levels, smooth, modifier.quality)


def _multires(modifier: Any, size: _Size) -> None:
    _subdivide(size, modifier.levels, True, modifier.quality)


def _array(modifier: Any, size: _Size) -> None:
    count = float(modifier.count)
    if modifier.fit_type != "FIXED_COUNT":
        length, curve = modifier.fit_length, modifier.curve
        if modifier.fit_type == "FIT_CURVE":
            length = sum(spline.calc_length() for spline in curve.data.splines) if curve and curve.type == "CURVE" else 0.0
        step = math.hypot(*_offset(modifier))
        count = length / step + 1 if step > 1e-6 else 1
    size.grow(max(count, 1))


def _offset(modifier: Any) -> list[float]:
    offset = [0.0] * 3
    if modifier.use_relative_offset:
        dimensions = _dimensions(modifier.id_data)
        offset = [factor * side for factor, side in zip(modifier.relative_offset_displace, dimensions)]
    if modifier.use_constant_offset:
        offset = [a + b for a, b in zip(offset, modifier.constant_offset_displace)]
    return offset


def _dimensions(obj: Any) -> list[float]:
    """Of its own space, as it is without the changes."""
    return [max(corner[axis] for corner in obj.bound_box) - min(corner[axis] for corner in obj.bound_box) for axis in range(3)]


def _mirror(modifier: Any, size: _Size) -> None:
    size.grow(2 ** sum(modifier.use_axis))


def _double(_modifier: Any, size: _Size) -> None:
    size.grow(2)


def _wireframe(_modifier: Any, size: _Size) -> None:
    size.all_quads(max(size.corners, size.faces) * 2)


def _triangles(_modifier: Any, size: _Size) -> None:
    faces = max(size.corners - 2 * size.faces, size.faces)
    size.resize(faces, 3 * faces, 3 * faces)


def _bevel(modifier: Any, size: _Size) -> None:
    """Of all edges; the other limits choose few."""
    if modifier.limit_method == "NONE" and modifier.affect == "EDGES":
        size.all_quads(size.faces * (modifier.segments + 1) ** 2)


def _screw(modifier: Any, size: _Size) -> None:
    size.all_quads(max(size.corners, 2 * size.faces) * modifier.steps * modifier.iterations)


def _remesh(modifier: Any, size: _Size) -> None:
    if modifier.mode == "VOXEL":
        a, b, c = _dimensions(modifier.id_data)
        size.all_quads(2 * (a * b + b * c + c * a) / modifier.voxel_size ** 2)
    else:
        size.all_quads(6 * 4.0 ** modifier.octree_depth)


def _ocean(modifier: Any, size: _Size) -> None:
    if modifier.geometry_mode == "GENERATE":
        size.all_quads(float(modifier.viewport_resolution) ** 4 * modifier.repeat_x * modifier.repeat_y)


_GROWTH: dict[str, Callable[[Any, _Size], None]] = {
    "ARRAY": _array, "BEVEL": _bevel, "MIRROR": _mirror, "MULTIRES": _multires, "OCEAN": _ocean, "REMESH": _remesh,
    "SCREW": _screw, "SOLIDIFY": _double, "SUBSURF": _subsurf, "TRIANGULATE": _triangles, "WIREFRAME": _wireframe,
}
