"""asset.library_list and asset.preview: what .blend files offer as assets; nothing of it comes into the open file."""

from __future__ import annotations

import os
import struct
from typing import Any, Iterator

from .asset_library import TYPES, catalogs_of, described, opened
from .context import Context, Result
from .errors import OpError, invalid
from .lookup import not_found
from .picture import Picture
from .temporary_data import temporary_data

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
MAX_FILES = 500  # of a folder


def library_list(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    context.hold_interrupts()
    path, limit = args["path"], args.get("limit") or DEFAULT_LIMIT
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid(f"limit is {limit}; it must be from 1 to {MAX_LIMIT}.", "limit")
    files, is_folder, warnings = _files(path), os.path.isdir(path), []
    top = path.rstrip(os.sep) if is_folder else os.path.dirname(path)
    if len(files) > MAX_FILES:
        warnings.append(f"Only the first {MAX_FILES} of the {len(files)} .blend files were looked at.")
    assets: list[dict[str, Any]] = []
    total = 0
    for number, file in enumerate(files[:MAX_FILES]):
        context.allow_interrupts()
        context.hold_interrupts()
        context.progress(number, len(files), f"Reading {os.path.basename(file)}")
        try:
            found, count = _assets(file, catalogs_of(os.path.dirname(file), top), limit - len(assets))
        except OpError as exc:
            if not is_folder:
                raise
            warnings.append(exc.message)
            continue
        total += count
        assets += [{"file": file, **one} for one in found]
    return {"assets": assets, "total": total, "files": len(files), "warnings": warnings}


def preview(context: Context, args: dict[str, Any]) -> Result:
    """The picture that the file has of one of them, as PNG."""
    context.hold_interrupts()
    path, kind, name = args["path"], args["type"], args["name"]
    if kind not in TYPES:
        raise invalid(f"type is {kind!r}; it must be one of {', '.join(TYPES)}.", "type")
    (file,) = _files(path) if not os.path.isdir(path) else [""]
    if not file:
        raise invalid(f"{path!r} is a folder.", "path", "Give the .blend file.")
    with temporary_data() as data:
        with opened(data, file, "path", link=True, assets_only=True) as (source, target):
            there = list(getattr(source, TYPES[kind]))
            setattr(target, TYPES[kind], [one for one in there if one == name])
        if name not in there:
            raise not_found(f"{kind} marked as an asset", name, there, "name")
        block = getattr(target, TYPES[kind])[0]
        image = block.preview
        if image is None or not all(image.image_size):
            raise OpError("not_found", f"{name!r} has no preview in {os.path.basename(file)!r}.", field="name",
                          remedy="Its author can make one: Generate Preview, in Blender's Asset Browser.")
        width, height = image.image_size
        # Each number is a pixel of four bytes.
        pixels = struct.pack(f"={width * height}i", *image.image_pixels)
    return Result({"width": width, "height": height}, Picture.from_rgba(width, height, pixels).png())


def _files(path: str) -> list[str]:
    if not os.path.isabs(path):
        raise invalid(f"path is {path!r}, which is not absolute.", "path")
    if os.path.isdir(path):
        return sorted(_blends_below(path))
    if not os.path.isfile(path):
        raise OpError("not_found", f"There is no file or folder {path!r}.", field="path")
    if not path.endswith(".blend"):
        raise invalid(f"{path!r} does not end in .blend.", "path")
    return [path]


def _blends_below(folder: str) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        yield from (os.path.join(where, name) for name in names if name.endswith(".blend"))


def _assets(file: str, catalogs: dict[str, str], limit: int) -> tuple[list[dict[str, Any]], int]:
    """(the first of them, how many there are). Loading them is the only way to learn more than their names."""
    with temporary_data() as data:
        with opened(data, file, "path", link=True, assets_only=True) as (source, target):
            count = 0
            for attribute in TYPES.values():
                names = list(getattr(source, attribute))
                setattr(target, attribute, names[:max(0, limit - count)])
                count += len(names)
        return [described(block, kind, catalogs) for kind, attribute in TYPES.items()
                for block in getattr(target, attribute) if block is not None and block.asset_data], count
