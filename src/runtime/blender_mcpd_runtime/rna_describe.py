"""What RNA says about properties and functions, as JSON."""

from __future__ import annotations

import math
from typing import Any, Callable, Iterable

from .rna_enums import static_items
from .values import number

# Blender writes these for "no limit".
_NO_LIMIT = {"INT": 2**31 - 1, "FLOAT": 3.4e38}
_SIMPLE_TYPES = {"BOOLEAN": "bool", "INT": "int", "FLOAT": "float", "STRING": "string"}

MAX_ITEMS = 60
MAX_SIGNATURE = 600
MAX_DEFAULT_ARRAY = 16

LiveItems = Callable[[Any], "list[str] | None"]


def no_live_items(_prop: Any) -> list[str] | None:
    return None


def type_name(prop: Any) -> str:
    if prop.type in _SIMPLE_TYPES:
        return _SIMPLE_TYPES[prop.type]
    if prop.type == "ENUM":
        return "enum set" if prop.is_enum_flag else "enum"
    fixed = prop.fixed_type.identifier if prop.fixed_type else "struct"
    return f"collection of {fixed}" if prop.type == "COLLECTION" else fixed


def describe_property(prop: Any, live_items: LiveItems, full: bool) -> dict[str, Any]:
    """With the texts of enum items when it is asked for in `full`."""
    about: dict[str, Any] = {"name": prop.identifier, "type": type_name(prop)}
    if prop.name and prop.name.casefold().replace(" ", "_") != prop.identifier:
        about["label"] = prop.name
    if prop.type in ("BOOLEAN", "INT", "FLOAT"):
        _add_numbers(about, prop)
    elif prop.type == "STRING":
        if prop.default:
            about["default"] = prop.default
        if prop.length_max:
            about["max_bytes"] = prop.length_max
    elif prop.type == "ENUM":
        _add_items(about, prop, live_items(prop), full)
    elif prop.type == "COLLECTION" and prop.srna is not None:
        about["functions_of"] = prop.srna.identifier
    if prop.subtype != "NONE":
        about["subtype"] = prop.subtype.lower()
    if prop.unit != "NONE":
        about["unit"] = "rotation (radians)" if prop.unit == "ROTATION" else prop.unit.lower()
    if prop.is_readonly and prop.type != "COLLECTION":
        about["read_only"] = True
    if prop.description:
        about["description"] = prop.description
    if getattr(prop, "is_deprecated", False):
        about["deprecated"] = prop.deprecated_note or True
    return about


def _add_numbers(about: dict[str, Any], prop: Any) -> None:
    if prop.is_array:
        dimensions = [size for size in prop.array_dimensions if size]
        about["length"] = dimensions if len(dimensions) > 1 else prop.array_length
    about["default"] = default(prop)
    if prop.type == "BOOLEAN":
        return
    limit = _NO_LIMIT[prop.type]
    for name in ("min", "max"):
        hard, soft = getattr(prop, f"hard_{name}"), getattr(prop, f"soft_{name}")
        if abs(hard) < limit:
            about[name] = _number(hard)
        if soft != hard and abs(soft) < limit:
            about[f"soft_{name}"] = _number(soft)


def _add_items(about: dict[str, Any], prop: Any, live: list[str] | None, full: bool) -> None:
    static = static_items(prop)
    identifiers = list(static) if live is None else live
    kept = identifiers[:MAX_ITEMS]
    about["items"] = {name: static.get(name, "") for name in kept} if full else kept
    if len(kept) < len(identifiers):
        about["items_left_out"] = len(identifiers) - len(kept)
    if not static or (live is not None and set(live) != set(static)):
        about["items_depend_on_context"] = True
    if static:
        about["default"] = default(prop)


def default(prop: Any) -> Any:
    """None for what has none, or none that Blender can tell without the struct."""
    if prop.type in ("POINTER", "COLLECTION"):
        return None
    if prop.type == "ENUM":
        if prop.is_enum_flag:
            return sorted(prop.default_flag)
        return prop.default if prop.enum_items.keys() else None
    if getattr(prop, "is_array", False):
        values = list(prop.default_array)
        if len(values) > MAX_DEFAULT_ARRAY:
            return None
        return [_number(value) for value in values]
    return _number(prop.default) if prop.type == "FLOAT" else prop.default


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else None
    return value


def own_properties(rna: Any) -> list[Any]:
    """Those that the type adds to its base."""
    inherited = set(rna.base.properties.keys()) if rna.base else {"rna_type"}
    return [prop for prop in rna.properties if prop.identifier not in inherited]


def own_functions(rna: Any) -> list[Any]:
    inherited = set(rna.base.functions.keys()) if rna.base else set()
    return [function for function in rna.functions if function.identifier not in inherited]


def bases(rna: Any) -> list[Any]:
    """The nearest first."""
    found = []
    while rna.base is not None:
        rna = rna.base
        found.append(rna)
    return found


def signature(name: str, parameters: Iterable[Any]) -> str:
    """As Python writes it: what is required without a default."""
    parts = []
    for prop in parameters:
        if prop.is_required:
            parts.append(prop.identifier)
        else:
            parts.append(f"{prop.identifier}={_literal(prop)}")
    text = f"{name}({', '.join(parts)})"
    return text if len(text) <= MAX_SIGNATURE else text[:MAX_SIGNATURE] + "…"


def _literal(prop: Any) -> str:
    value = default(prop)
    if prop.type == "ENUM" and prop.is_enum_flag:
        return "{" + ", ".join(repr(item) for item in value) + "}" if value else "set()"
    if isinstance(value, list):
        return f"({', '.join(f'{item:g}' if isinstance(item, float) else repr(item) for item in value)})"
    return f"{value:g}" if isinstance(value, float) else repr(value)


def describe_function(function: Any, owner: str, full: bool) -> dict[str, Any]:
    inputs = [prop for prop in function.parameters if not prop.is_output]
    outputs = [prop for prop in function.parameters if prop.is_output]
    name = f"{owner}.{function.identifier}" if full else function.identifier
    about: dict[str, Any] = {"name": function.identifier, "signature": signature(name, inputs)}
    if outputs:
        about["returns"] = ", ".join(type_name(prop) for prop in outputs)
    if function.description:
        about["description"] = function.description
    if full:
        about["parameters"] = [_describe_parameter(prop) for prop in inputs]
    return about


def _describe_parameter(prop: Any) -> dict[str, Any]:
    about = describe_property(prop, no_live_items, True)
    about.pop("read_only", None)
    if prop.is_required:
        about.pop("default", None)
        about["required"] = True
    return about
