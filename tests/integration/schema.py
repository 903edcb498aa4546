"""Checks a value against the part of JSON Schema that the tools' output schemas use."""

from __future__ import annotations

from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"type", "description", "title", "default", "properties", "required", "additionalProperties", "items", "enum",
         "minimum", "maximum", "minItems", "maxItems", "anyOf"}


def violations(value: Any, schema: dict[str, Any], path: str = "$") -> list[str]:
    """What is wrong, one line each."""
    unknown = schema.keys() - KNOWN
    if unknown:
        return [f"{path}: this validator does not know {sorted(unknown)}"]
    found = []
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, name) for name in types):
        return [f"{path}: {value!r} is not of type {types}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is not one of {schema['enum']}")
    if "anyOf" in schema and all(violations(value, choice, path) for choice in schema["anyOf"]):
        found.append(f"{path}: {value!r} fits no choice")
    if isinstance(value, dict):
        found += _object_violations(value, schema, path)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{path}: {len(value)} items")
        for index, item in enumerate(value):
            found += violations(item, schema.get("items", {}), f"{path}[{index}]")
    if _is(value, "number") and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{path}: {value} is out of range")
    return found


def _object_violations(value: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
    found = [f"{path}: {name} is missing" for name in schema.get("required", []) if name not in value]
    properties = schema.get("properties", {})
    for name, member in value.items():
        if name in properties:
            found += violations(member, properties[name], f"{path}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{path}: {name} is not known")
    return found


def _is(value: Any, name: str) -> bool:
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "integer":
        return _is(value, "number") and value == int(value)
    return isinstance(value, TYPES[name])
