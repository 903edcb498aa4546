"""How large the maps of a surface are on objects, and by which coordinates they lie there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Sequence

import bpy
from mathutils import Vector

from .asset_files import choice
from .errors import invalid

# Sizes that differ by less are the same.
TOLERANCE = 0.01
# Of a mesh, for the density of its UV map; more say nothing new.
MAX_FACES = 20_000


@dataclass
class Tiling:
    projection: str       # uv or box
    repeats: list[float]  # along x, y, z: per UV unit, or per unit of the object for box
    width: float          # of the maps on the surface, in Blender's units, as far as it is known


def metres_per_unit() -> float:
    """A scene without units counts in metres."""
    units = bpy.context.scene.unit_settings
    return 1.0 if units.system == "NONE" else float(units.scale_length)


def tiling_of(args: dict[str, Any], objects: Sequence[Any], warnings: list[str]) -> Tiling:
    """Of the arguments projection, scale and physical_size_m. What is doubtful is told in `warnings`."""
    without = [obj.name for obj in objects if obj.type == "MESH" and not obj.data.uv_layers]
    projection = choice(args, "projection", ("uv", "box"), "box" if without else "uv")
    if projection == "uv" and without:
        warnings.append(f"{without[0]!r} has no UV map, so the maps do not show on it: projection \"box\" needs none.")
    size = _positive(args, "physical_size_m")
    given = _given_scale(args.get("scale"))
    if given is not None:
        repeats = given
    elif size is None:
        repeats = [1.0, 1.0, 1.0]
    else:
        repeats = _real_repeats(projection, size / metres_per_unit(), objects, warnings)
    width = size / metres_per_unit() if size is not None else 1.0 / max(map(abs, repeats))
    return Tiling(projection, repeats, width)


def _given_scale(scale: Any) -> list[float] | None:
    """A number for all axes, or one for each."""
    if scale is None:
        return None
    values = [scale] * 3 if isinstance(scale, (int, float)) else [*scale, 1.0] if len(scale) == 2 else list(scale)
    if len(values) != 3 or not all(math.isfinite(value) and value for value in values):
        raise invalid(f"scale is {scale!r}; it must be a number, or two or three of them, none of which is 0.", "scale")
    return [float(value) for value in values]


def _positive(args: dict[str, Any], name: str) -> float | None:
    value = args.get(name)
    if value is None:
        return None
    if not (math.isfinite(value) and value > 0):
        raise invalid(f"{name} is {value}; it must be more than 0.", name)
    return float(value)


def _real_repeats(projection: str, width: float, objects: Sequence[Any], warnings: list[str]) -> list[float]:
    """So that the maps are `width` wide on the first of the objects."""
    found = [(obj, [size / width for size in sizes]) for obj, sizes in
             ((obj, _sizes(obj, projection)) for obj in objects) if sizes is not None]
    if not found:
        if projection == "box":  # objects as large as their scale says
            return [1.0 / width] * 3
        warnings.append("physical_size_m was not used: without an object that has a UV map nobody knows how large the maps are.")
        return [1.0, 1.0, 1.0]
    first, repeats = found[0]
    others = [obj.name for obj, more in found if any(abs(a - b) > TOLERANCE * b for a, b in zip(more, repeats))]
    if others:
        warnings.append(f"The maps have their real size on {first.name!r}, and another one on {others[0]!r}: it has a scale, or a "
                        "UV map, of its own. A material for each of them solves that.")
    return [float(f"{value:.6g}") for value in repeats]


def _sizes(obj: Any, projection: str) -> list[float] | None:
    """How long one unit of the coordinates is in the world along each axis."""
    scale = obj.matrix_world.to_scale()
    if projection == "box":
        return [abs(value) or 1.0 for value in scale]
    if obj.type != "MESH" or not obj.data.uv_layers:
        return None
    length = _length_of_uv(obj)
    return None if length is None else [length, length, 1.0]


def _length_of_uv(obj: Any) -> float | None:
    """In the world, of one UV unit, on average over the surface; None without an area."""
    mesh, matrix = obj.data, obj.matrix_world.to_3x3()
    uvs = mesh.uv_layers.active.data
    if len(uvs) != len(mesh.loops):
        return None
    area = uv_area = 0.0
    polygons = mesh.polygons
    for index in range(0, len(polygons), max(1, len(polygons) // MAX_FACES)):
        loops = polygons[index].loop_indices
        area += _area([matrix @ mesh.vertices[mesh.loops[loop].vertex_index].co for loop in loops])
        uv_area += _area([uvs[loop].uv.to_3d() for loop in loops])
    return math.sqrt(area / uv_area) if area > 0 and uv_area > 0 else None


def _area(corners: list[Vector]) -> float:
    first = corners[0]
    total = Vector((0.0, 0.0, 0.0))
    for left, right in zip(corners[1:], corners[2:]):
        total += (left - first).cross(right - first)
    return total.length / 2
