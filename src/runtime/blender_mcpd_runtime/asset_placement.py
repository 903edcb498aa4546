"""Puts what was imported where it is wanted: as large, turned, and standing on a point."""

from __future__ import annotations

import itertools
from typing import Any, Sequence

import bpy
from mathutils import Euler, Matrix, Vector

from .asset_scale import metres_per_unit
from .bounds import Box, has_surface
from .values import numbers, radians

# How large the empty is drawn that carries a model, as a part of the model.
EMPTY_PART = 0.25


def place(objects: Sequence[Any], name: str, location: Sequence[float], rotation: Sequence[float], target_size: float | None,
          warnings: list[str]) -> tuple[Any, list[float]]:
    """(what carries the model, its dimensions in the world). The model was read as if one unit were a metre. It is carried by
    its root; by a new empty when there are several, or when keys, drivers or constraints of the root would win."""
    bpy.context.view_layer.update()
    carrier = _carrier(objects, name)
    bpy.context.view_layer.update()
    box = measured(objects, Matrix.Identity(4))
    turned = Euler(radians(rotation)).to_matrix().to_4x4() @ Matrix.Scale(_factor(box, target_size), 4)
    stands_on = Vector((0.0, 0.0, 0.0))
    if box.is_empty:
        warnings.append("Nothing of the model has a surface that is shown, so its size is not known, and its origin is on the "
                        "location.")
    else:
        box = measured(objects, turned)
        stands_on = Vector((box.center.x, box.center.y, box.low[2]))
    carrier.matrix_basis = Matrix.Translation(Vector(location) - stands_on) @ turned @ carrier.matrix_basis
    bpy.context.view_layer.update()
    box = measured(objects, Matrix.Identity(4))
    if carrier.type == "EMPTY" and carrier.parent is None and not box.is_empty:
        inside = max(carrier.matrix_world.to_scale()) or 1.0
        carrier.empty_display_size = EMPTY_PART * max(_dimensions(box)) / inside or 1.0
    return carrier, [0.0, 0.0, 0.0] if box.is_empty else numbers(_dimensions(box))


def _factor(box: Box, target_size: float | None) -> float:
    largest = 0.0 if box.is_empty else max(_dimensions(box))
    return (target_size / largest if target_size is not None and largest else 1.0) / metres_per_unit()


def _carrier(objects: Sequence[Any], name: str) -> Any:
    roots = [obj for obj in objects if obj.parent not in objects]
    if len(roots) == 1 and not _moves_by_itself(roots[0]):
        roots[0].name = name
        return roots[0]
    empty = bpy.data.objects.new(name, None)
    _collection_of(roots[0]).objects.link(empty)
    for root in roots:
        root.parent = empty
        root.matrix_parent_inverse = Matrix.Identity(4)
    return empty


def _moves_by_itself(root: Any) -> bool:
    animation = root.animation_data
    is_animated = animation is not None and (animation.action or animation.drivers or animation.nla_tracks)
    return bool(is_animated or root.constraints or root.parent)


def _collection_of(obj: Any) -> Any:
    return next(iter(obj.users_collection), bpy.context.scene.collection)


def measured(objects: Sequence[Any], then: Matrix) -> Box:
    """Around the surfaces that are shown of them and of what they instance, if they were moved by `then`."""
    wanted = {obj.as_pointer() for obj in objects}
    box = Box()
    for instance in bpy.context.evaluated_depsgraph_get().object_instances:
        owner = (instance.parent if instance.is_instance else instance.object).original
        if owner.as_pointer() in wanted and has_surface(instance.object) and (instance.show_self or instance.is_instance):
            box.add(_corners(instance.object, then @ instance.matrix_world))
    return box


def _corners(obj: Any, matrix: Matrix) -> list[Vector]:
    """Of a box along the axes of the world. The object's own box is as tight only where it is not turned askew."""
    points = [matrix @ Vector(corner) for corner in obj.bound_box]
    if obj.type != "MESH" or all(sum(abs(value) > 1e-6 * max(map(abs, row)) for value in row) <= 1
                                 for row in (row[:3] for row in matrix) if any(row)):
        return points
    try:
        import numpy
    except ImportError:  # not every Blender has it
        return points
    vertices = numpy.empty(len(obj.data.vertices) * 3, dtype=numpy.float32)
    obj.data.vertices.foreach_get("co", vertices)
    moved = vertices.reshape(-1, 3) @ numpy.array(matrix.to_3x3()).T + numpy.array(matrix.translation)
    low, high = moved.min(axis=0).tolist(), moved.max(axis=0).tolist()
    return [Vector(corner) for corner in itertools.product(*zip(low, high))]


def _dimensions(box: Box) -> list[float]:
    return [high - low for low, high in zip(box.low, box.high)]
