"""Names that are hard to write in a path, and the ways to write them."""

from __future__ import annotations

import json

NAMES = ["it's", 'a"b', "it's \"both\"", "back\\", "\\'", "tab\there", "bell\a", "]", "[0]", "Würfel 日本 🌲"]


def spellings(name: str) -> list[str]:
    """As Python, JSON and Blender's escape_identifier write them."""
    escaped = name.replace("\\", "\\\\").replace("\t", "\\t").replace("\a", "\\a")
    single, double = escaped.replace("'", "\\'"), escaped.replace('"', '\\"')
    both = double.replace("'", "\\'")
    return [repr(name).replace("\\x07", "\\u0007"), json.dumps(name), json.dumps(name, ensure_ascii=False), f"'{single}'", f'"{double}"',
            f"'{both}'", f'"{both}"']
