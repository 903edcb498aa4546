"""What may be read without Blender falling over it, or writing what it lacks."""

from __future__ import annotations

from typing import Any

import bpy

from . import compat


def may_enter(struct: Any) -> bool:
    """Whether the members of the struct can be read. Those of a 3D view can where there are windows."""
    if isinstance(struct, bpy.types.SpaceView3D) and not bpy.app.background:
        return True
    return not any(isinstance(struct, getattr(bpy.types, name, ())) for name in compat.UNREADABLE_TYPES)


def may_read(struct: Any, name: str) -> bool:
    return (struct.bl_rna.identifier, name) not in compat.UNREADABLE_MEMBERS and may_enter(struct)


def is_unset(struct: Any, prop: Any) -> bool:
    """Whether it is a pointer or group of an add-on's that nobody has set. Reading it would store an empty one with the
    struct."""
    return prop.type == "POINTER" and prop.is_runtime and prop.identifier not in compat.stored_groups(struct)


def is_group(rna: Any) -> bool:
    """Whether the type is one of an add-on's groups of properties."""
    while rna is not None:
        if rna.identifier == "PropertyGroup":
            return True
        rna = rna.base
    return False
