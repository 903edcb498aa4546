"""Any property of an object, of its data or of a scene, by a dotted path of RNA names, such as "data.energy"."""

from __future__ import annotations

from typing import Any

import bpy

from .errors import invalid
from .lookup import not_found
from .rna_values import set_property, shown

# Their values are paths on this machine, which no tool sets unchecked.
_PATHS = ("FILE_PATH", "DIR_PATH", "FILE_NAME")


def set_properties(root: Any, properties: dict[str, Any], field: str) -> None:
    """In the order given: what a property allows can depend on one before it."""
    for path, value in properties.items():
        where = f"{field}.{path}"
        owner, name = _place(root, path, where)
        set_property(owner, name, value, where)
        owner.id_data.update_tag()


def _place(root: Any, path: str, field: str) -> tuple[Any, str]:
    owner = root
    *parts, name = path.split(".")
    for part in parts:
        owner = _inside(root, owner, part, field)
    prop = owner.bl_rna.properties.get(name)
    if prop is None:
        raise _unknown(owner, name, field)
    if prop == owner.bl_rna.name_property and isinstance(owner, bpy.types.ID):
        raise invalid(f"{field}: names are not set this way.", field, "Use rename.")
    if prop.type == "STRING" and prop.subtype in _PATHS:
        raise invalid(f"{field} is the path of a file, which is not set this way.", field,
                      "The tools that read or write files take their paths.")
    return owner, name


def _inside(root: Any, owner: Any, part: str, field: str) -> Any:
    prop = owner.bl_rna.properties.get(part)
    if prop is None:
        raise _unknown(owner, part, field)
    inside = getattr(owner, part) if prop.type == "POINTER" else None
    if not isinstance(inside, bpy.types.bpy_struct):
        raise invalid(f"{field}: {part} of {owner.bl_rna.identifier} has nothing inside.", field, _names(owner))
    if isinstance(inside, bpy.types.ID) and not (owner == root and part == "data"):
        raise invalid(f"{field}: {part} is {inside.name!r}, a thing of its own.", field,
                      "Objects and their data can be changed here; for the rest there are set_material, edit_nodes, "
                      "set_modifiers and set_scene.")
    if isinstance(inside, bpy.types.ID) and inside.library is not None:
        raise invalid(f"The data of {root.name!r} is linked from another file and cannot be changed here.", field)
    return inside


def _unknown(owner: Any, name: str, field: str) -> Exception:
    error = not_found(f"property of {owner.bl_rna.identifier} named", name, _settable(owner), field)
    error.remedy = _names(owner)
    return error


def _names(owner: Any) -> str:
    return f"It has {shown(_settable(owner))}."


def _settable(owner: Any) -> list[str]:
    return [prop.identifier for prop in owner.bl_rna.properties
            if prop.identifier != "rna_type" and prop.type != "COLLECTION" and (prop.type == "POINTER" or not prop.is_readonly)]
