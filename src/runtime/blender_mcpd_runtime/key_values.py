"""What a key says, as the numbers of F-curves: one for each channel."""

from __future__ import annotations

from typing import Any

from mathutils import Euler, Quaternion

from .animated_path import Property
from .errors import invalid
from .rna_values import array_value, number_value, one_of
from .values import radians


def key_numbers(found: Property, keys: list[dict[str, Any]]) -> list[list[float]]:
    numbers: list[list[float]] = []
    before: Quaternion | None = None
    for index, key in enumerate(keys):
        field = f"keys[{index}].value"
        if "value" not in key:
            numbers.append(_current(found))
        elif found.as_euler:
            before = _turned(key["value"], before, field)
            numbers.append(_as_stored(found, before))
        elif found.is_custom:
            numbers.append(_custom(found, key["value"], field))
        else:
            numbers.append(_checked(found, key["value"], field))
    return numbers


def _current(found: Property) -> list[float]:
    value = found.value
    if found.prop is not None and found.prop.type == "ENUM":
        return [_enum_number(found, value)]
    return [float(value[index]) for index in found.channels] if found.is_array else [float(value)]


def _checked(found: Property, value: Any, field: str) -> list[float]:
    prop = found.prop
    if prop.type == "ENUM":
        names = [item.identifier for item in prop.enum_items]
        return [_enum_number(found, one_of(value, names, field, {item.identifier: item.name for item in prop.enum_items}))]
    if found.is_array and found.index is None:
        return [float(part) for part in array_value(value, prop, len(found.value), field)]
    if prop.type == "BOOLEAN":
        return [_boolean(value, field)]
    return [float(number_value(value, prop, field))]


def _enum_number(found: Property, name: str) -> float:
    return float(found.prop.enum_items[name].value)


def _boolean(value: Any, field: str) -> float:
    if not isinstance(value, bool):
        raise invalid(f"{field} is {value!r}; it must be true or false.", field)
    return float(value)


def _custom(found: Property, value: Any, field: str) -> list[float]:
    current = found.value
    if isinstance(current, (str, bytes)) or not (found.is_array or isinstance(current, (int, float))) or hasattr(current, "keys"):
        raise invalid(f"The custom property {found.name!r} is no number, and cannot be animated.", "data_path")
    whole = found.is_array and found.index is None
    parts = value if whole else [value]
    if not isinstance(parts, list) or len(parts) != len(found.channels):
        raise invalid(f"{field} is {value!r}; it must be a list of {len(found.channels)} numbers.", field)
    if isinstance(current, bool):
        return [_boolean(value, field)]
    return [_custom_number(found, part, f"{field}[{index}]" if whole else field) for index, part in enumerate(parts)]


def _custom_number(found: Property, value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid(f"{field} is {value!r}; it must be a number.", field)
    limits = found.owner.id_properties_ui(found.name).as_dict()
    low, high = limits.get("min", value), limits.get("max", value)
    if not low <= value <= high:
        raise invalid(f"{field} is {value:g}; the custom property allows {low:g} to {high:g}.", field)
    return float(value)


def _turned(value: Any, before: Quaternion | None, field: str) -> Quaternion:
    """The shorter way from the key before."""
    if not isinstance(value, list) or len(value) != 3 or any(type(part) not in (int, float) for part in value):
        raise invalid(f"{field} is {value!r}; a rotation is a list of 3 angles in degrees.", field)
    turned = Euler(radians(value)).to_quaternion()
    if before is not None:
        turned.make_compatible(before)
    return turned


def _as_stored(found: Property, turned: Quaternion) -> list[float]:
    if found.name == "rotation_quaternion":
        return list(turned)
    axis, angle = turned.to_axis_angle()
    return [angle, *axis]
