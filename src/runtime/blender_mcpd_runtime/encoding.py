"""JSON for the wire: UTF-8, finite, and never an exception because of what a value holds."""

from __future__ import annotations

import json
import math
from typing import Any

# A deeper value is written as its repr, so that a self-made chain of lists cannot overflow the stack.
MAX_DEPTH = 64
MAX_JSON_INT_BITS = 64

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(value: Any) -> bytes:
    """Strict JSON. Raises ValueError when a float is not finite."""
    # Names that are not valid UTF-8 reach Python as lone surrogates; those become "?".
    return _ENCODER.encode(value).encode("utf-8", "replace")


def encode_finite(value: Any, path: str) -> tuple[bytes, list[str]]:
    """JSON with NaN and infinities written as null, and the paths where that happened."""
    try:
        return encode(value), []
    except ValueError:
        nulled: list[str] = []
        return encode(_finite(value, path, nulled)), nulled


def _finite(value: Any, path: str, nulled: list[str]) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        nulled.append(path)
        return None
    if isinstance(value, dict):
        return {key: _finite(item, f"{path}.{key}", nulled) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item, f"{path}[{index}]", nulled) for index, item in enumerate(value)]
    return value


def to_plain(value: Any, depth: int = 0, parents: frozenset[int] = frozenset()) -> Any:
    """Any Python value as plain JSON types; what has no JSON form becomes its repr."""
    if value is None or isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() <= MAX_JSON_INT_BITS else _repr(value)
    if depth >= MAX_DEPTH or id(value) in parents:
        return _repr(value)
    inside = parents | {id(value)}
    if isinstance(value, dict):
        return {_key(key): to_plain(item, depth + 1, inside) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain(item, depth + 1, inside) for item in value]
    items = _as_list(value)
    return to_plain(items, depth + 1, inside) if items is not None else _repr(value)


def _as_list(value: Any) -> Any:
    """The contents of the array-like types of mathutils, bpy and numpy; None for everything else."""
    kind = type(value).__name__
    if kind in ("Vector", "Euler", "Quaternion", "Color", "Matrix", "bpy_prop_array"):
        return [list(item) if kind == "Matrix" or not isinstance(item, (int, float)) else item for item in value]
    for method in ("to_list", "to_dict", "tolist"):  # ID property arrays, ID property groups, numpy
        convert = getattr(type(value), method, None)
        if convert is not None:
            return convert(value)
    return None


def _key(key: Any) -> str:
    return key if isinstance(key, str) else _repr(key)


def _repr(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as exc:  # a script's own __repr__, or an int with too many digits
        return f"<{type(value).__name__}: {type(exc).__name__} in repr>"
    return text if len(text) <= 10_000 else text[:10_000] + "…"
