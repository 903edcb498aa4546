"""Settings of an RNA struct as JSON."""

from __future__ import annotations

from typing import Any

import bpy

from .encoding import to_plain
from .values import degrees, number, numbers

# A longer array is data, not a setting.
MAX_ARRAY = 16


def settings(struct: Any, base: Any) -> dict[str, Any]:
    """What the struct's type adds to `base`: scalars, short arrays, and the names of data-blocks."""
    described: dict[str, Any] = {}
    for prop in struct.bl_rna.properties:
        identifier = prop.identifier
        if identifier in base.bl_rna.properties or prop.is_hidden:
            continue
        try:
            value = getattr(struct, identifier)
        except (AttributeError, RuntimeError):
            continue  # Blender refuses some properties in some states
        if prop.type == "POINTER":
            if value is None or isinstance(value, bpy.types.ID):
                described[identifier] = value.name if value else None
        elif prop.type == "ENUM" and prop.is_enum_flag:
            described[identifier] = sorted(value)
        elif prop.type == "FLOAT":
            if prop.unit == "ROTATION" and prop.array_length <= MAX_ARRAY:  # as set_modifiers takes it
                described[identifier] = degrees(value) if prop.is_array else degrees([value])[0]
            elif not prop.is_array:
                described[identifier] = number(value)
            elif prop.array_length <= MAX_ARRAY:
                described[identifier] = _flat(value)
        elif prop.type != "COLLECTION" and not (getattr(prop, "is_array", False) and prop.array_length > MAX_ARRAY):
            described[identifier] = to_plain(value)
    return described


def _flat(value: Any) -> list[Any]:
    return [numbers(row) if hasattr(row, "__len__") else number(row) for row in value]
