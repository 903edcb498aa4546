"""Finds the property that an animation is about, by a path as Python would write it; nothing of it is evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field as member
from typing import Any

import bpy

from .data_path_steps import Name, Step, read_steps
from .errors import OpError, invalid
from .lookup import nearest, not_found
from .rna_values import shown

_COMPONENTS = {"x": 0, "y": 1, "z": 2, "w": 3, "r": 0, "g": 1, "b": 2, "a": 3}
_TURNED = {"w": 0, "x": 1, "y": 2, "z": 3}  # of quaternions and axis-angle


@dataclass
class Property:
    """What can have F-curves: a property or a custom property of a struct."""

    owner: Any
    block: Any                      # the data-block that the user knows: the material, not its node tree
    name: str
    is_custom: bool = False
    index: int | None = None        # one channel of an array
    as_euler: bool = False          # given in Euler angles whatever the owner's rotation mode
    prop: Any = member(default=None)

    @property
    def value(self) -> Any:
        return self.owner[self.name] if self.is_custom else getattr(self.owner, self.name)

    @property
    def is_array(self) -> bool:
        value = self.value
        return hasattr(value, "__len__") and not isinstance(value, (str, bytes))

    @property
    def channels(self) -> list[int]:
        if self.index is not None:
            return [self.index]
        return list(range(len(self.value))) if self.is_array else [0]

    @property
    def data_block(self) -> Any:
        """That has the animation data."""
        return self.owner.id_data

    @property
    def path(self) -> str:
        own = "" if self.owner == self.data_block else self.owner.path_from_id()
        if self.is_custom:
            return f'{own}["{bpy.utils.escape_identifier(self.name)}"]'
        return f"{own}.{self.name}" if own else self.name


def target_named(target: str) -> Any:
    found = bpy.context.scene.objects.get(target)
    if found is not None:
        return found
    if target == "scene":
        return bpy.context.scene
    steps = _steps_or_none(target.removeprefix("bpy.data.").removeprefix("D."))
    if len(steps) > 1 and isinstance(steps[0], Name) and steps[0] in _collections():
        current = _walk(bpy.data, steps, "target")
        if isinstance(current, bpy.types.ID):
            return current
    error = not_found("object", target, bpy.context.scene.objects.keys(), "target")
    error.remedy = ('Give the name of an object, "scene", or a data-block as materials["Gold"], cameras["Camera"], lights["Sun"], '
                    'worlds["World"], node_groups["Scatter"].')
    raise error


def _steps_or_none(target: str) -> list[Step]:
    """A name need not be a path."""
    try:
        return read_steps(target, "target")
    except OpError:
        return []


def _collections() -> list[str]:
    return [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]


def _walk(current: Any, steps: list[Any], field: str) -> Any:
    for step in steps:
        current = getattr(current, step, None) if isinstance(step, Name) else _item(current, step, field)
    return current


def find_property(target: Any, data_path: str) -> Property:
    field = "data_path"
    current, block = target, target
    steps = read_steps(data_path, field)
    for position, step in enumerate(steps):
        rest = steps[position + 1:]
        if isinstance(current, bpy.types.bpy_prop_collection):
            current = _item(current, step, field)
        elif isinstance(step, Name):
            if step == "rotation" and "rotation_mode" in current.bl_rna.properties:
                return _channel(_rotation(current, block), rest, field)
            prop = current.bl_rna.properties.get(step)
            if prop is None:
                raise _no_property(current, step, field)
            if prop.type not in ("POINTER", "COLLECTION"):
                return _channel(Property(current, block, str(step), prop=prop), rest, field)
            current = getattr(current, step)
            if current is None:
                raise invalid(f"{'.'.join(map(str, steps[:position + 1]))} is nothing here.", field)
        else:
            return _channel(_custom(current, block, step, field), rest, field)
        if isinstance(current, bpy.types.ID) and not current.is_embedded_data:
            block = current
    raise invalid(f"{data_path} leads to no property that can be animated.", field, _example(current))


def _example(current: Any) -> str:
    if isinstance(current, bpy.types.bpy_prop_collection):
        return f"Choose one of {shown(repr(key) for key in current.keys())}, as in [\"{(current.keys() or ['…'])[0]}\"]."
    return f"Go on with one of its properties: {shown(_animatable(current))}."


def _animatable(struct: Any) -> list[str]:
    return [prop.identifier for prop in struct.bl_rna.properties if prop.is_animatable and not prop.is_readonly
            and prop.type in ("FLOAT", "INT", "BOOLEAN", "ENUM")]


def _no_property(struct: Any, name: str, field: str) -> OpError:
    names = ["rotation"] * ("rotation_mode" in struct.bl_rna.properties) + struct.bl_rna.properties.keys()
    error = not_found(f"property of {struct.bl_rna.identifier} named", name, names, field)
    error.remedy = f"What can be animated there: {shown(_animatable(struct))}; custom properties are written [\"name\"]."
    return error


def _rotation(owner: Any, block: Any) -> Property:
    names = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
    name = names.get(owner.rotation_mode, "rotation_euler")
    return Property(owner, block, name, as_euler=name != "rotation_euler", prop=owner.bl_rna.properties[name])


def _custom(owner: Any, block: Any, key: Any, field: str) -> Property:
    try:
        names = list(owner.keys())
    except (AttributeError, TypeError):
        names = []
    if not isinstance(key, str) or key not in names:
        raise not_found("custom property", str(key), names, field)
    return Property(owner, block, key, is_custom=True)


def _channel(found: Property, rest: list[Any], field: str) -> Property:
    if not rest:
        return found
    step, turned = rest[0], found.name in ("rotation_quaternion", "rotation_axis_angle")
    index = (_TURNED if turned else _COMPONENTS).get(step) if isinstance(step, Name) else step
    if len(rest) > 1 or not found.is_array or not isinstance(index, int):
        raise invalid(f"data_path goes on after {found.name}, which is a value.", field, "End it there, or with [0] or .x of a list.")
    if not 0 <= index < len(found.value):
        raise invalid(f"{found.name} has {len(found.value)} channels; there is no [{index}].", field, "Count from 0.")
    if found.as_euler:
        raise invalid("The object does not rotate by Euler angles: a rotation cannot be keyed by one of them.", field,
                      f"Key rotation as a whole, or {found.name}[…].")
    found.index = index
    return found


def _item(collection: Any, key: Any, field: str) -> Any:
    """By position or name. Nodes also by type, sockets also by identifier: their names may be translated."""
    if isinstance(key, Name) or not isinstance(collection, bpy.types.bpy_prop_collection):
        raise invalid(f"{key!r} is not in its place in {field}.", field, 'Write members of lists as ["name"] or [0].')
    if isinstance(key, int):
        if not 0 <= key < len(collection):
            raise invalid(f"There are {len(collection)} members; there is no [{key}].", field, "Count from 0.")
        return collection[key]
    found = collection.get(key)
    if found is None:
        alike = [one for one in collection if key in _other_names(one)]
        if len(alike) == 1:
            return alike[0]
        raise not_found("member", key, collection.keys(), field)
    return found


def _other_names(one: Any) -> tuple[str, ...]:
    if isinstance(one, bpy.types.Node):
        return one.bl_idname, one.bl_rna.name, one.type
    return (one.identifier,) if isinstance(one, bpy.types.NodeSocket) else ()


def check_animatable(found: Property, field: str) -> None:
    if found.data_block.library is not None:
        raise invalid(f"{found.data_block.name!r} is linked from another file and cannot be animated here.", field)
    prop = found.prop
    if prop is not None and (not prop.is_animatable or prop.is_readonly or prop.type not in ("FLOAT", "INT", "BOOLEAN", "ENUM")
                             or (prop.type == "ENUM" and prop.is_enum_flag)):
        names = _animatable(found.owner)
        similar = nearest(found.name, names)
        raise invalid(f"{found.name} of {found.owner.bl_rna.identifier} cannot be animated.", field,
                      f"{'Nearest: ' + ', '.join(similar) + '. ' if similar else ''}What can: {shown(names)}.")
