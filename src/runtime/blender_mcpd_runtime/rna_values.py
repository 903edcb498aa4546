"""Values for RNA properties: checked against what this Blender allows, so that errors can tell how to mend them."""

from __future__ import annotations

import ast
from typing import Any, Iterable

import bpy

from .errors import invalid
from .lookup import local, nearest, not_found
from .values import color, radians

# More allowed values than this are not read by anybody; the nearest ones are among those shown.
MAX_SHOWN = 40
# No enum has a value of this name, so that Blender refuses it and tells those that there are.
_NO_VALUE = "?"
MAX_FLOAT = 3.4028234e38


def enum_values(owner: Any, identifier: str) -> list[str]:
    """The values that an enum property can have now: many depend on other settings, which only Blender's refusal tells."""
    prop = owner.bl_rna.properties[identifier]
    try:
        setattr(owner, identifier, {_NO_VALUE} if prop.is_enum_flag else _NO_VALUE)
    except (TypeError, ValueError) as exc:  # of sets of flags some versions say the latter
        _, found, listed = str(exc).rpartition(" not found in ")
        if found:
            values = ast.literal_eval(listed)
            return [values] if isinstance(values, str) else list(values)
    return [item.identifier for item in prop.enum_items]


def shown(names: Iterable[str]) -> str:
    """For an error message."""
    names = list(names)
    text = ", ".join(names[:MAX_SHOWN])
    return text if len(names) <= MAX_SHOWN else f"{text}, … ({len(names)} in all)"


def folded(name: str) -> str:
    """As names are compared that a model writes from memory."""
    return name.casefold().replace(" ", "_").replace("-", "_")


def one_of(value: Any, values: list[str], field: str, labels: dict[str, str] | None = None) -> str:
    """The value of that name, or of that label (by value), whatever the case."""
    if isinstance(value, str):
        if value in values:
            return value
        wanted = folded(value)
        for candidate in values:
            if wanted in (folded(candidate), folded((labels or {}).get(candidate, candidate))):
                return candidate
    if not values:
        raise invalid(f"{field} has no value to choose from in this state.", field)
    similar = nearest(value, values) if isinstance(value, str) else []
    raise invalid(f"{field} is {value!r}; this Blender allows {shown(values)}.", field,
                  f"Nearest: {', '.join(similar)}." if similar else None)


def set_enum(owner: Any, identifier: str, value: Any, field: str) -> None:
    labels = {item.identifier: item.name for item in owner.bl_rna.properties[identifier].enum_items}
    setattr(owner, identifier, one_of(value, enum_values(owner, identifier), field, labels))


def set_property(owner: Any, identifier: str, value: Any, field: str) -> None:
    """Sets a property of a struct that has it, from JSON: angles in degrees, data-blocks by name."""
    prop = owner.bl_rna.properties[identifier]
    if owner.is_property_readonly(identifier) and not prop.type == "COLLECTION":
        raise invalid(f"{field} cannot be set; Blender computes it.", field)
    if prop.type == "ENUM" and not prop.is_enum_flag:
        set_enum(owner, identifier, value, field)
    elif prop.type == "ENUM":
        allowed = enum_values(owner, identifier)
        setattr(owner, identifier, {one_of(part, allowed, field) for part in _list(value, field)})
    elif prop.type == "POINTER":
        setattr(owner, identifier, _data_block(prop.fixed_type, value, field))
    elif prop.type == "COLLECTION":
        raise invalid(f"{field} is a list of things, not a value.", field)
    else:
        _set_plain(owner, prop, value, field)


def _set_plain(owner: Any, prop: Any, value: Any, field: str) -> None:
    current = getattr(owner, prop.identifier)
    if prop.type == "STRING":
        if not isinstance(value, str):
            raise invalid(f"{field} is {value!r}; it must be text.", field)
        setattr(owner, prop.identifier, value)
    elif getattr(prop, "is_array", False):
        setattr(owner, prop.identifier, array_value(value, prop, len(current), field))
    elif prop.type == "BOOLEAN":
        setattr(owner, prop.identifier, _boolean(value, field))
    else:
        wanted = number_value(value, prop, field)
        setattr(owner, prop.identifier, wanted)
        _check_taken(getattr(owner, prop.identifier), wanted, value, field)


def _check_taken(got: float, wanted: float, value: float, field: str) -> None:
    """Some ranges depend on other settings; Blender tells of them only by what becomes of a value."""
    if abs(got - wanted) > 1e-5 * max(1.0, abs(wanted)):
        raise invalid(f"{field} is {value}; here it must be at {'least' if got > wanted else 'most'} {got:g}.", field)


def number_value(value: Any, prop: Any, field: str) -> Any:
    """In the units and the range of the property."""
    whole = prop.type == "INT"
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise invalid(f"{field} is {value!r}; it must be a {'whole number' if whole else 'number'}.", field)
    turned = prop.unit == "ROTATION" if not whole else False
    checked = radians([value])[0] if turned else value
    low, high = (-MAX_FLOAT, MAX_FLOAT) if turned else (prop.hard_min, prop.hard_max)
    if not low <= checked <= high:
        raise invalid(f"{field} is {value}; it must be {_range(low, high)}.", field)
    return checked


def _range(low: float, high: float) -> str:
    if high >= 2147483647:
        return f"at least {low:g}"
    return f"at most {high:g}" if low <= -2147483648 else f"between {low:g} and {high:g}"


def array_value(value: Any, prop: Any, length: int, field: str) -> list[Any]:
    if prop.type == "FLOAT" and prop.subtype in ("COLOR", "COLOR_GAMMA") and length in (3, 4):
        return color_value(value, length, field)
    values = _list(value, field)
    if len(values) != length:
        raise invalid(f"{field} has {len(values)} numbers; it needs {length}.", field)
    check = _boolean if prop.type == "BOOLEAN" else lambda part, where: number_value(part, prop, where)
    return [check(part, f"{field}[{index}]") for index, part in enumerate(values)]


def color_value(value: Any, length: int, field: str) -> list[float]:
    """Colours of nodes may be brighter than 1."""
    is_list = isinstance(value, list) and len(value) in (3, 4) and all(_is_number(part) for part in value)
    if not is_list and not isinstance(value, str):
        raise invalid(f"{field} is {value!r}, not a colour.", field, 'Write "#rrggbb", [r, g, b] or [r, g, b, a].')
    return list(color(value, field))[:length]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MAX_FLOAT


def _boolean(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise invalid(f"{field} is {value!r}; it must be true or false.", field)
    return value


def _list(value: Any, field: str) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(f"{field} is {value!r}; it must be a list.", field)
    return value


def _data_block(kind: Any, value: Any, field: str) -> Any:
    """The data-block of a type (as RNA describes it) and name; null for none."""
    if value is None:
        return None
    blocks = data_blocks(kind)
    if blocks is None:
        raise invalid(f"{field} is a {kind.name}, which cannot be set by a value.", field)
    if not isinstance(value, str):
        raise invalid(f"{field} is {value!r}; it must be the name of a data-block ({kind.name}), or null.", field)
    found = local(blocks, value)
    if found is None:
        raise not_found(kind.name.lower(), value, blocks.keys(), field)
    return found


def data_blocks(kind: Any) -> Any:
    """Those of this file that are of the RNA type; None when it is no type of data-blocks."""
    while kind is not None:
        for prop in bpy.data.bl_rna.properties:
            if prop.type == "COLLECTION" and prop.fixed_type == kind:
                return getattr(bpy.data, prop.identifier)
        kind = kind.base
    return None
