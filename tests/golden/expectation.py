"""What a scene file expects of an answer: JSON pointers with what must be there."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TOLERANCE = 1e-3


def misses(answer: Any, expected: Json) -> list[str]:
    """One line for each pointer at which the answer is not as expected."""
    found = []
    for pointer, wanted in expected.items():
        try:
            value = at(answer, pointer)
        except LookupError as exc:
            found.append(f"{pointer}: {exc}")
            continue
        if not fits(value, wanted):
            found.append(f"{pointer} is {value!r}; expected {wanted!r}")
    return found


def at(answer: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901). In a list a name stands for the member that has it: /objects/Seat/dimensions."""
    value = answer
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and not key.isdecimal():
            named = [item for item in value if isinstance(item, dict) and item.get("name") == key]
            if len(named) != 1:
                raise LookupError(f"{len(named)} members are named {key!r}")
            value = named[0]
        elif isinstance(value, list):
            if int(key) >= len(value):
                raise LookupError(f"there are {len(value)} members")
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            raise LookupError(f"nothing is at {key!r}")
    return value


def fits(value: Any, wanted: Any) -> bool:
    """`wanted` is the value itself (numbers within a tolerance) or an object of conditions, which must all hold."""
    if isinstance(wanted, dict) and wanted.keys() <= CONDITIONS.keys():
        return all(CONDITIONS[name](value, limit) for name, limit in wanted.items())
    return equal(value, wanted, TOLERANCE)


def equal(value: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(wanted, list) and isinstance(value, list):
        return len(value) == len(wanted) and all(equal(a, b, tolerance) for a, b in zip(value, wanted))
    if is_number(wanted) and is_number(value):
        return abs(value - wanted) <= tolerance
    return type(value) is type(wanted) and value == wanted


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


CONDITIONS = {
    "at_least": lambda value, limit: is_number(value) and value >= limit,
    "at_most": lambda value, limit: is_number(value) and value <= limit,
    "about": lambda value, wanted: equal(value, wanted, 0.05),
    "contains": lambda value, wanted: all(part in value for part in (wanted if isinstance(wanted, list) else [wanted])),
    "count": lambda value, wanted: len(value) == wanted,
}
