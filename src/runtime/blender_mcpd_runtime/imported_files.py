"""What an import has brought in that Blender reads from files elsewhere."""

from __future__ import annotations

import glob
import os
from typing import Any, Iterator

import bpy

from .external_files import COLLECTIONS
from .file_references import Folders, outside_error, told_missing

# The kinds of data that are read from files, besides images.
KINDS = [collection for kind, collection in COLLECTIONS.items() if kind != "image"]
_TILES = ("<UDIM>", "<UVTILE>")


class ImportedFiles:
    """Notes what is there before an import."""

    def __init__(self) -> None:
        self._images = set(bpy.data.images)
        self._others = {kind: set(getattr(bpy.data, kind)) for kind in KINDS}

    @property
    def images(self) -> list[Any]:
        """The new ones."""
        return [image for image in bpy.data.images if image not in self._images]

    def check(self, path: str, folders: Folders, trusts_packed: bool) -> list[str]:
        """Warnings, of images that are missing. OpError when something new is read from elsewhere. What is packed may come
        out of the file itself, or (not `trusts_packed`) have been packed by the importer."""
        outside, missing = [], []
        for image in self.images:
            if image.source == "GENERATED" or (image.packed_file is not None and trusts_packed):
                continue
            found = _files_of(image)
            outside += [file for file in found if not folders.hold(file)]
            if not found and image.source == "FILE" and image.packed_file is None:
                missing.append(image.name)
        for kind, before in self._others.items():
            outside += [file for block in getattr(bpy.data, kind) if block not in before for file in _files_of(block)
                        if not folders.hold(file)]
        if outside:
            raise outside_error(path, list(dict.fromkeys(outside)))
        return told_missing(missing)


def _files_of(block: Any) -> list[str]:
    """Those that are there."""
    path = bpy.path.abspath(block.filepath, library=block.library)
    if not path or path.startswith("<builtin>"):
        return []
    return list(_tiles(path)) if any(tile in path for tile in _TILES) else [path] if os.path.exists(path) else []


def _tiles(path: str) -> Iterator[str]:
    pattern = glob.escape(path)
    for tile in _TILES:
        pattern = pattern.replace(tile, "*")
    yield from glob.iglob(pattern)
