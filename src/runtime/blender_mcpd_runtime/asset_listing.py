"""Which asset libraries there are, and what is in them. Files that have not changed are not read again."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Iterator

import bpy

from .asset_files import SANDBOX
from .asset_library import CATALOGS, TYPES, catalogs_of, described, opened
from .temporary_data import temporary_data

MAX_FILES = 500  # of all libraries together
_USUAL = "User Library"  # Blender has it in its preferences; most people never make its folder
_Asset = dict[str, Any]
# By path: what the file and its catalogs looked like, and what was in it.
_known: OrderedDict[str, tuple[Any, list[_Asset]]] = OrderedDict()


@dataclass
class Library:
    name: str
    path: str  # a folder, or one .blend file

    @property
    def top(self) -> str:
        return self.path.rstrip(os.sep) if os.path.isdir(self.path) else os.path.dirname(self.path)


def libraries(folders: list[str], warnings: list[str]) -> list[Library]:
    """Those of Blender's preferences, and these."""
    found = []
    for one in bpy.context.preferences.filepaths.asset_libraries:
        path = os.path.realpath(bpy.path.abspath(one.path))
        if one.path and os.path.isdir(path):
            found.append(Library(one.name, path))
        elif one.path and one.name != _USUAL:
            warnings.append(f"The library {one.name!r} ({path}) is not there. {SANDBOX}")
    for path in folders:
        library = Library(os.path.basename(path.rstrip(os.sep)), os.path.realpath(path))
        if not os.path.exists(library.path):
            warnings.append(f"There is no file or folder {path!r}. {SANDBOX}")
        elif all(library.path != one.path for one in found):
            found.append(library)
    return found


def files_of(library: Library, warnings: list[str]) -> list[str]:
    if not os.path.isdir(library.path):
        return [library.path]
    closed: list[OSError] = []
    files = [os.path.join(where, name) for where, _, names in os.walk(library.path, onerror=closed.append)
             for name in names if name.endswith(".blend")]
    if closed:
        warnings.append(f"Blender cannot read {closed[0].filename!r}: {closed[0].strerror}. {SANDBOX}")
    return sorted(files)


def own_assets() -> list[_Asset]:
    """Of the open file."""
    catalogs = catalogs_of(os.path.dirname(bpy.data.filepath), os.sep) if bpy.data.filepath else {}
    return [_identified(described(block, kind, catalogs), bpy.data.filepath, "Current File")
            for kind, attribute in TYPES.items() for block in getattr(bpy.data, attribute)
            if block.library is None and block.asset_data]


def assets_of(file: str, library: Library) -> list[_Asset]:
    """OpError when Blender cannot read it."""
    stamp = (_stamp(file), _stamp(os.path.join(library.top, CATALOGS)))
    known = _known.get(file)
    if known is None or known[0] != stamp:
        known = (stamp, list(_read(file, catalogs_of(os.path.dirname(file), library.top))))
        _known[file] = known
        while len(_known) > MAX_FILES:
            _known.popitem(last=False)
    return [_identified(one, file, library.name) for one in known[1]]


def _read(file: str, catalogs: dict[str, str]) -> Iterator[_Asset]:
    """Loading them is the only way to learn more than their names."""
    with temporary_data() as data:
        with opened(data, file, "folders", link=True, assets_only=True) as (source, target):
            for attribute in TYPES.values():
                setattr(target, attribute, list(getattr(source, attribute)))
        for kind, attribute in TYPES.items():
            for block in getattr(target, attribute):
                if block is not None and block.asset_data:
                    yield described(block, kind, catalogs)


def _identified(asset: _Asset, file: str, library: str) -> _Asset:
    """With an id that is the same for as long as the file and the name are."""
    digest = hashlib.sha256("\0".join((file, asset["type"], asset["name"])).encode("utf-8", "surrogateescape"))
    return {"id": digest.hexdigest()[:16], **asset, "library": library, "file": file}


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
