"""Where a data-block comes from: noted with it in a custom property, so that it stays with the file and with copies."""

from __future__ import annotations

from typing import Any, Iterator

import bpy

from .errors import invalid

KEY = "blender_mcpd_asset"
# Those that are told first; others that a provider gives follow.
MEMBERS = ("provider", "id", "title", "authors", "license", "license_url", "credit_line", "source_url", "retrieved")
_NEEDED = ("provider", "id")
MAX_TEXT = 2_000
MAX_MEMBERS, MAX_AUTHORS = 24, 100
# The kinds of data that an import may bring, and what Blender calls them.
KINDS = {"objects": "OBJECT", "collections": "COLLECTION", "materials": "MATERIAL", "images": "IMAGE", "worlds": "WORLD",
         "meshes": "MESH", "node_groups": "NODETREE"}

Origin = dict[str, Any]


def checked_origin(given: Any) -> Origin:
    """As it is noted: without what is empty."""
    if not isinstance(given, dict) or len(given) > MAX_MEMBERS:
        raise invalid("provenance must be an object with provider and id.", "provenance")
    origin = {}
    for name, value in given.items():
        field = f"provenance.{name}"
        if name == "authors":
            if not isinstance(value, list) or len(value) > MAX_AUTHORS or not all(isinstance(one, str) for one in value):
                raise invalid(f"{field} must be a list of names.", field)
            value = [one[:MAX_TEXT] for one in value if one]
        elif value is not None and (not isinstance(value, str) or len(value) > MAX_TEXT):
            raise invalid(f"{field} must be a text of {MAX_TEXT} characters at most.", field)
        if value:
            origin[name] = value
    for name in _NEEDED:
        if name not in origin:
            raise invalid(f"provenance.{name} is missing: without it nobody can be credited.", f"provenance.{name}")
    return _in_order(origin)


def tag(block: Any, origin: Origin) -> None:
    block[KEY] = dict(origin)


def origin_of(block: Any) -> Origin | None:
    """What somebody else has written there is no origin."""
    found = block.get(KEY)
    if not hasattr(found, "to_dict"):
        return None
    origin = {name: list(value) if name == "authors" and isinstance(value, (list, tuple)) else str(value)
              for name, value in found.to_dict().items()}
    return _in_order(origin) if all(name in origin for name in _NEEDED) else None


def tagged() -> Iterator[tuple[str, Any, Origin]]:
    """(what Blender calls the kind, data-block, origin) of all that is used in the file."""
    for attribute, kind in KINDS.items():
        for block in getattr(bpy.data, attribute):
            origin = origin_of(block) if block.users else None
            if origin is not None:
                yield kind, block, origin


def _in_order(origin: Origin) -> Origin:
    return {name: origin[name] for name in (*MEMBERS, *origin) if name in origin}
