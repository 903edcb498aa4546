"""What may be read without Blender falling over it."""

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
