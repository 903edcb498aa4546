"""Mesh primitives through bmesh: no dependency on mode, selection or context. `size` is the edge or the diameter,
or the size of the bounding box."""

from __future__ import annotations

import math
from typing import Any, Callable

import bmesh
import bpy
from mathutils import Matrix

# Blender's own Suzanne spans 2.734 units at size 2; kept, since people know it that way.
DEFAULT_SIZE = 2.0
DEFAULT_SEGMENTS = {"sphere": 32, "ico_sphere": 10, "cylinder": 32, "cone": 32, "torus": 48, "circle": 32, "grid": 10}


def _cube(bm: Any, size: float, _segments: int) -> None:
    bmesh.ops.create_cube(bm, size=size, calc_uvs=True)


def _sphere(bm: Any, size: float, segments: int) -> None:
    bmesh.ops.create_uvsphere(bm, u_segments=segments, v_segments=max(3, segments // 2), radius=size / 2,
                              calc_uvs=True)


def _ico_sphere(bm: Any, size: float, segments: int) -> None:
    # n subdivisions give 5 * 2**(n-1) edges around; 7 are 82,000 triangles.
    subdivisions = min(7, 1 + max(0, math.ceil(math.log2(segments / 5))))
    bmesh.ops.create_icosphere(bm, subdivisions=subdivisions, radius=size / 2, calc_uvs=True)


def _cylinder(bm: Any, size: float, segments: int) -> None:
    bmesh.ops.create_cone(bm, cap_ends=True, cap_tris=False, segments=segments, radius1=size / 2, radius2=size / 2,
                          depth=size, calc_uvs=True)


def _cone(bm: Any, size: float, segments: int) -> None:
    bmesh.ops.create_cone(bm, cap_ends=True, cap_tris=False, segments=segments, radius1=size / 2, radius2=0.0,
                          depth=size, calc_uvs=True)


def _torus(bm: Any, size: float, segments: int) -> None:
    """Proportions of Blender's own torus (tube a quarter of the ring), `size` over all."""
    ring, tube = size * 0.4, size * 0.1
    around = max(3, segments // 4)
    rows = []
    for i in range(segments):
        u = math.tau * i / segments
        row = []
        for j in range(around):
            v = math.tau * j / around
            radius = ring + tube * math.cos(v)
            row.append(bm.verts.new((radius * math.cos(u), radius * math.sin(u), tube * math.sin(v))))
        rows.append(row)
    uv_layer = bm.loops.layers.uv.active
    for i in range(segments):
        for j in range(around):
            corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
            face = bm.faces.new([rows[a % segments][b % around] for a, b in corners])
            for loop, (a, b) in zip(face.loops, corners):
                loop[uv_layer].uv = (a / segments, b / around)


def _plane(bm: Any, size: float, _segments: int) -> None:
    bmesh.ops.create_grid(bm, x_segments=1, y_segments=1, size=size / 2, calc_uvs=True)


def _circle(bm: Any, size: float, segments: int) -> None:
    bmesh.ops.create_circle(bm, cap_ends=False, segments=segments, radius=size / 2, calc_uvs=True)


def _grid(bm: Any, size: float, segments: int) -> None:
    bmesh.ops.create_grid(bm, x_segments=segments, y_segments=segments, size=size / 2, calc_uvs=True)


def _monkey(bm: Any, size: float, _segments: int) -> None:
    bmesh.ops.create_monkey(bm, matrix=Matrix.Scale(size / 2, 4), calc_uvs=True)


BUILDERS: dict[str, Callable[[Any, float, int], None]] = {
    "cube": _cube, "sphere": _sphere, "ico_sphere": _ico_sphere, "cylinder": _cylinder, "cone": _cone,
    "torus": _torus, "plane": _plane, "circle": _circle, "grid": _grid, "monkey": _monkey,
}


def build(kind: str, name: str, size: float | list[float], segments: int | None) -> Any:
    """A new mesh data-block with a UV map."""
    in_box = isinstance(size, list)
    bm = bmesh.new()
    try:
        bm.loops.layers.uv.new("UVMap")
        BUILDERS[kind](bm, DEFAULT_SIZE if in_box else size, segments or DEFAULT_SEGMENTS.get(kind, 0))
        if in_box:
            _fit(bm, size)
        mesh = bpy.data.meshes.new(name)
        bm.to_mesh(mesh)
    finally:
        bm.free()
    return mesh


def _fit(bm: Any, size: list[float]) -> None:
    """Into a box of that size: the object needs no scale then, which bevels and textures would suffer from."""
    extents = [[vert.co[axis] for vert in bm.verts] for axis in range(3)]
    spans = [max(extent) - min(extent) for extent in extents]
    bm.transform(Matrix.Diagonal([wanted / span if span > 0 else 1.0 for wanted, span in zip(size, spans)]).to_4x4())
    bm.normal_update()
