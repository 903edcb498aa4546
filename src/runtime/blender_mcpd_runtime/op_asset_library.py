"""asset.library_list and asset.preview: what Blender's libraries and the open file offer as assets; nothing of it comes in."""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager
from typing import Any, Iterator

import bpy

from .asset_library import TYPES, opened
from .asset_listing import MAX_FILES, assets_of, files_of, libraries, own_assets
from .context import Context, Result
from .errors import OpError, invalid
from .lookup import not_found
from .picture import Picture
from .temporary_data import temporary_data

MAX_ASSETS = 5_000


def library_list(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    """`folders`: libraries besides those of Blender's preferences; .blend files are fine, too."""
    context.hold_interrupts()
    warnings: list[str] = []
    for index, path in enumerate(args.get("folders") or []):
        if not os.path.isabs(path):
            raise invalid(f"folders[{index}] is {path!r}, which is not absolute.", f"folders[{index}]")
    files = {file: library for library in reversed(libraries(args.get("folders") or [], warnings))
             for file in files_of(library, warnings)}
    own = own_assets()
    files.pop(bpy.data.filepath, None)  # what is open may have changed since
    if len(files) > MAX_FILES:
        warnings.append(f"Only the first {MAX_FILES} of the {len(files)} .blend files were looked at.")
    assets = own
    for number, (file, library) in enumerate(sorted(files.items(), key=lambda one: one[0])[:MAX_FILES]):
        context.allow_interrupts()
        context.hold_interrupts()
        context.progress(number, len(files), f"Reading {os.path.basename(file)}")
        try:
            assets += assets_of(file, library)
        except OpError as exc:
            warnings.append(exc.message)
    if len(assets) > MAX_ASSETS:
        warnings.append(f"Only the first {MAX_ASSETS} of {len(assets)} assets are told.")
    return {"assets": assets[:MAX_ASSETS], "files": len(files), "warnings": warnings}


def preview(context: Context, args: dict[str, Any]) -> Result:
    """The picture that the file has of one of them, as PNG."""
    context.hold_interrupts()
    path, kind, name = args["path"], args["type"], args["name"]
    if kind not in TYPES:
        raise invalid(f"type is {kind!r}; it must be one of {', '.join(TYPES)}.", "type")
    with _assets_in(path, kind, name) as (block, there):
        if block is None:
            raise not_found(f"{kind} marked as an asset", name, there, "name")
        image = block.preview
        if image is None or not all(image.image_size):
            where = repr(os.path.basename(path)) if path else "the open file"
            raise OpError("not_found", f"{name!r} has no preview in {where}.", field="name",
                          remedy="Its author can make one: Generate Preview, in Blender's Asset Browser.")
        width, height = image.image_size
        # Each number is a pixel of four bytes.
        pixels = struct.pack(f"={width * height}i", *image.image_pixels)
    return Result({"image": {"mime_type": "image/png", "width": width, "height": height}},
                  Picture.from_rgba(width, height, pixels).png())


@contextmanager
def _assets_in(path: str, kind: str, name: str) -> Iterator[tuple[Any, list[str]]]:
    """(the one of that name, the names of all that are marked) of a file, or of the open one."""
    attribute = TYPES[kind]
    if path == bpy.data.filepath:
        own = {block.name: block for block in getattr(bpy.data, attribute) if block.library is None and block.asset_data}
        yield own.get(name), list(own)
        return
    _check_file(path)
    with temporary_data() as data:
        with opened(data, path, "path", link=True, assets_only=True) as (source, target):
            there = list(getattr(source, attribute))
            setattr(target, attribute, [one for one in there if one == name])
        yield next(iter(getattr(target, attribute)), None), there


def _check_file(path: str) -> None:
    if not os.path.isabs(path):
        raise invalid(f"path is {path!r}, which is not absolute.", "path")
    if not os.path.isfile(path):
        raise OpError("not_found", f"There is no file {path!r}.", field="path")
    if not path.endswith(".blend"):
        raise invalid(f"{path!r} does not end in .blend.", "path")
