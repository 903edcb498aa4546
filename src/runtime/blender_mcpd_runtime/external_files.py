"""The files beside the .blend that it names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Iterable

import bpy

# Kinds of data-blocks that may be a file of its own, and where they are.
COLLECTIONS = {"image": "images", "sound": "sounds", "font": "fonts", "movieclip": "movieclips", "volume": "volumes",
                "cache_file": "cache_files", "library": "libraries"}
PACKABLE = ("image", "sound", "font")
_MAX_RECENT = 20


@dataclass
class ExternalFile:
    kind: str
    block: Any
    path: str  # whole; of tiles and sequences, that of the first file

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "name": self.block.name, "path": self.path}


def external_files(kinds: Iterable[str] = COLLECTIONS) -> list[ExternalFile]:
    """Those that are not packed."""
    return [ExternalFile(kind, block, os.path.normpath(bpy.path.abspath(block.filepath, library=block.library)))
            for kind in kinds for block in getattr(bpy.data, COLLECTIONS[kind]) if _is_external(kind, block)]


def _is_external(kind: str, block: Any) -> bool:
    if not block.filepath or getattr(block, "packed_file", None) is not None:
        return False
    if kind == "image":
        return block.source in ("FILE", "SEQUENCE", "MOVIE")
    return block.filepath != "<builtin>"


def recent_files() -> list[dict[str, Any]]:
    """Those of Blender's menu, newest first."""
    try:
        with open(os.path.join(bpy.utils.user_resource("CONFIG"), "recent-files.txt"), encoding="utf-8",
                  errors="surrogateescape") as file:
            paths = [line.rstrip("\n") for line in file][:_MAX_RECENT]
    except FileNotFoundError:
        return []
    return [{"path": path.encode("utf-8", "replace").decode("utf-8", "replace"), "exists": os.path.isfile(path)}
            for path in paths if path]
