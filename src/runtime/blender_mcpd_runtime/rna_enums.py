"""The items of enum properties, also of those whose items Blender computes."""

from __future__ import annotations

import ast
from typing import Any

import bpy

from .rna_safety import is_unset, may_enter

# No item is called so.
_NO_ITEM = "\x01"


def static_items(prop: Any) -> dict[str, str]:
    """Label and description by identifier."""
    return {item.identifier: _text(item) for item in prop.enum_items}


def _text(item: Any) -> str:
    if not item.description or item.description == item.name:
        return item.name
    return f"{item.name}. {item.description}"


def live_identifiers(owner: Any, prop: Any) -> list[str] | None:
    """Those that the struct takes now; None where that cannot be told.

    Blender computes the items of many enums from the struct and the context, and shows them to nobody but whoever
    assigns a wrong one: it refuses that before anything is set, and the TypeError lists the right ones.
    """
    try:
        setattr(owner, prop.identifier, {_NO_ITEM} if prop.is_enum_flag else _NO_ITEM)
    except TypeError as exc:
        return _listed(str(exc))
    except Exception:  # read-only, or what an add-on's own code raises
        return None
    return None


def _listed(message: str) -> list[str] | None:
    """From `… not found in ('A', 'B')`."""
    start = message.rfind("not found in (")
    if start < 0:
        return None
    try:
        items = ast.literal_eval(message[start + len("not found in "):].strip())
    except (SyntaxError, ValueError):
        return None
    return [items] if isinstance(items, str) else list(items)


def operator_properties(name: str) -> Any:
    """What the operator would be called with, to be asked for its items.

    None where it cannot be called: what computes its items may then miss what it takes for granted, and Blender dies.
    """
    module, _, function = name.partition(".")
    poll = getattr(getattr(getattr(bpy.ops, module), function), "poll", None)
    if poll is None or not poll():  # none: a function in an operator's place, see containment.py
        return None
    return bpy.context.window_manager.operator_properties_last(name)


def samples() -> dict[str, Any]:
    """Structs at hand in the current scene, by type: to ask for the items that theirs would take."""
    found: dict[str, Any] = {}
    context = bpy.context
    obj = context.view_layer.objects.active
    roots = [context.scene, context.view_layer, obj, obj.data if obj else None, obj.active_material if obj else None,
             context.scene.world, context.preferences]
    for root in roots:
        if root is not None:
            _collect(root, found, 3)
    return found


def _collect(struct: Any, found: dict[str, Any], depth: int) -> None:
    rna = struct.bl_rna
    if rna.identifier in found or not may_enter(struct):
        return
    found[rna.identifier] = struct
    if depth == 0:
        return
    for prop in rna.properties:
        # Other data-blocks are not a part of it.
        if prop.type == "POINTER" and prop.identifier != "rna_type" and not is_data_block(prop.fixed_type) \
                and not is_unset(struct, prop):
            value = getattr(struct, prop.identifier, None)
            if value is not None:
                _collect(value, found, depth - 1)


def is_data_block(rna: Any) -> bool:
    """Whether the struct type is one of data-blocks."""
    while rna is not None:
        if rna.identifier == "ID":
            return True
        rna = rna.base
    return False
