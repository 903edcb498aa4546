"""Location, rotation and scale, whatever the rotation mode, and parenting that leaves things where they are."""

from __future__ import annotations

import math
from typing import Any

from mathutils import Euler, Matrix, Quaternion, Vector

from .values import degrees, radians

EULER_MODES = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def rotation_degrees(obj: Any) -> list[float]:
    """As Euler angles; the order is the object's own, XYZ for quaternions and axis-angle."""
    if obj.rotation_mode == "QUATERNION":
        return degrees(obj.rotation_quaternion.to_euler())
    if obj.rotation_mode == "AXIS_ANGLE":
        angle, *axis = obj.rotation_axis_angle
        return degrees(Quaternion(axis, angle).to_euler())
    return degrees(obj.rotation_euler)


def set_rotation_degrees(obj: Any, angles: list[float]) -> None:
    order = obj.rotation_mode if obj.rotation_mode in EULER_MODES else "XYZ"
    euler = Euler(radians(angles), order)
    if obj.rotation_mode == "QUATERNION":
        obj.rotation_quaternion = euler.to_quaternion()
    elif obj.rotation_mode == "AXIS_ANGLE":
        axis, angle = euler.to_quaternion().to_axis_angle()
        obj.rotation_axis_angle = (angle, *axis)
    else:
        obj.rotation_euler = euler


def turn(obj: Any, by: Quaternion) -> None:
    """About the axes of its parent, or of the world."""
    if obj.rotation_mode == "QUATERNION":
        obj.rotation_quaternion = by @ obj.rotation_quaternion
    elif obj.rotation_mode == "AXIS_ANGLE":
        angle, *axis = obj.rotation_axis_angle
        axis, angle = (by @ Quaternion(axis, angle)).to_axis_angle()
        obj.rotation_axis_angle = (angle, *axis)
    else:
        turned = by @ obj.rotation_euler.to_quaternion()
        obj.rotation_euler = turned.to_euler(obj.rotation_mode, obj.rotation_euler)


def look_at(obj: Any, target: Vector) -> None:
    """Turns the object to the target: cameras and lights along their view axis, others with their front (-Y).
    `matrix_world` must be up to date."""
    location, _, scale = obj.matrix_world.decompose()
    forward, up = ("-Z", "Y") if obj.type in ("CAMERA", "LIGHT") else ("-Y", "Z")
    rotation = (target - location).to_track_quat(forward, up)
    obj.matrix_world = Matrix.LocRotScale(location, rotation, scale)


def apply_transform(obj: Any, parts: list[str]) -> None:
    """Moves parts of the transform ("location", "rotation", "scale") into the data, so that they are as if never set. What is
    seen stays where it is, children too."""
    before = obj.matrix_basis.copy()
    if "location" in parts:
        obj.location = (0.0, 0.0, 0.0)
    if "rotation" in parts:
        set_rotation_degrees(obj, [0.0, 0.0, 0.0])
    if "scale" in parts:
        obj.scale = (1.0, 1.0, 1.0)
    moved = obj.matrix_basis.inverted_safe() @ before
    if obj.type == "MESH":
        obj.data.transform(moved, shape_keys=True)
        if moved.is_negative:
            obj.data.flip_normals()
        obj.data.update()
    else:
        obj.data.transform(moved, shape_keys=True)
    for child in obj.children:
        child.matrix_parent_inverse = moved @ child.matrix_parent_inverse


def set_parent(obj: Any, parent: Any) -> None:
    """Keeps the world transform, which from then on is also the local one. Both `matrix_world` must be up to date."""
    world = obj.matrix_world.copy()
    obj.parent = parent
    obj.parent_type = "OBJECT"
    obj.matrix_parent_inverse = parent.matrix_world.inverted_safe() if parent else Matrix.Identity(4)
    obj.matrix_basis = world


def near(first: Vector, second: Vector) -> bool:
    return math.isclose((first - second).length, 0.0, abs_tol=1e-6)
