"""Reads paths into Blender's data, as Python would write them; nothing of them is evaluated.

    path = name { "." name | "[" integer "]" | "[" string "]" }

There are no calls, and no names that begin with "_".
"""

from __future__ import annotations

import json
import re

from .errors import OpError, invalid

MAX_STEPS = 64

_STEP = re.compile(r"""\.?(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[\s*(?P<index>-?[0-9]{1,9})\s*\]"""
                   r"""|\[\s*(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]""", re.DOTALL)
_ESCAPED_OR_QUOTE = re.compile(r"""\\(?P<escaped>.)|\"""", re.DOTALL)
# Escapes of Python and of Blender's own paths that JSON has not.
_NOT_JSON = {"'": "'", "a": "\\u0007", "v": "\\u000b"}


class Name(str):
    """A step by name; others are keys: str or int."""


Step = Name | str | int


def read_steps(path: str, field: str) -> list[Step]:
    """At most MAX_STEPS; none for an empty path. OpError that names the field."""
    steps: list[Step] = []
    end = 0
    while end < len(path):
        match = _STEP.match(path, end)
        if match is None or (match["name"] and bool(end) != path[end].startswith(".")):
            raise invalid(f"{field} cannot be read at character {end + 1}: {path[end:end + 20]!r}.", field,
                          'Write names, dots, [number] and ["name"], as in objects["Cube"].modifiers[0]; no calls.')
        if match["name"]:
            if match["name"].startswith("_"):
                raise invalid(f"{match['name']!r} is no property of Blender's data.", field)
            steps.append(Name(match["name"]))
        elif match["index"] is not None:
            steps.append(int(match["index"]))
        else:
            steps.append(_unquoted(match["text"], field))
        end = match.end()
    if len(steps) > MAX_STEPS:
        raise invalid(f"{field} has {len(steps)} steps; at most {MAX_STEPS} are allowed.", field)
    return steps


def _unquoted(text: str, field: str) -> str:
    def as_json(match: re.Match[str]) -> str:
        escaped = match["escaped"]
        return '\\"' if escaped is None else _NOT_JSON.get(escaped, match[0])

    try:
        return json.loads(f'"{_ESCAPED_OR_QUOTE.sub(as_json, text[1:-1])}"', strict=False)
    except ValueError:
        raise _unreadable(text, field) from None


def _unreadable(text: str, field: str) -> OpError:
    return invalid(f"{field} has a text that cannot be read: {text}.", field)
