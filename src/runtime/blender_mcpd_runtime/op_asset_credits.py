"""asset.credits: whose work is in the open file, and what it is used by."""

from __future__ import annotations

from typing import Any

import bpy

from . import pages
from .asset_licenses import attribution
from .asset_origin import tagged
from .context import Context

DEFAULT_LIMIT = 1_000
MAX_BYTES = 256_000  # of a page: who gives credit needs all of it at once
MAX_USERS = 20  # that are named of each


def credits(_context: Context, args: dict[str, Any]) -> dict[str, Any]:
    entries: dict[str, dict[str, Any]] = {}
    for kind, block, origin in tagged():
        # What was got twice is one work.
        key = repr(sorted((name, value) for name, value in origin.items() if name != "retrieved"))
        entry = entries.setdefault(key, {**origin, "used_by": []})
        if "retrieved" in origin:
            entry["retrieved"] = min(entry.get("retrieved", origin["retrieved"]), origin["retrieved"])
        entry["used_by"].append({"type": kind, "name": block.name})
    ordered = sorted(entries.values(), key=lambda entry: (entry["provider"], entry.get("title", entry["id"]).casefold(),
                                                          entry["id"]))
    told, more = pages.fill(ordered, _told, args, DEFAULT_LIMIT, MAX_BYTES)
    return {"file": bpy.data.filepath, "credits": told, "total": len(ordered), **more}


def _told(entry: dict[str, Any]) -> dict[str, Any]:
    users = sorted(entry["used_by"], key=lambda user: (user["type"], user["name"]))
    return {**entry, "attribution": attribution(entry.get("license", ""), entry.get("license_url", "")),
            "used_by": users[:MAX_USERS],
            **({"used_by_total": len(users)} if len(users) > MAX_USERS else {})}
