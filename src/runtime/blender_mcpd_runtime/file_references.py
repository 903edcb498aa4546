"""Which other files a file of a model names."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from typing import Any, Sequence
from urllib.parse import unquote

from .errors import OpError

# An OBJ file names its materials at its beginning.
OBJ_HEAD_BYTES = 65_536
MAX_TOLD = 10


@dataclass
class Reference:
    name: str  # as it is written
    is_needed: bool


def check_references(path: str, format_name: str, folders: Sequence[str] | None) -> list[str]:
    """Warnings, for those that are missed but not needed. OpError for one that is needed and not there, or outside of the
    folders that may be read (None: all)."""
    folder = os.path.dirname(path)
    missing = []
    for reference in _references(path, format_name):
        target = os.path.realpath(os.path.join(folder, reference.name))
        if folders is not None and not any(_is_inside(target, root) for root in (folder, *folders)):
            raise OpError("invalid", f"{os.path.basename(path)!r} names {reference.name!r}, which is outside of the allowed "
                          "folders.", field="path", remedy="Move it beside the file, and correct the name in the file.")
        if os.path.isfile(target):
            continue
        if reference.is_needed:
            raise OpError("not_found", f"{os.path.basename(path)!r} needs {reference.name!r}, which is not there.",
                          field="path", remedy="Put it beside the file.")
        missing.append(reference.name)
    return told_missing(missing)


def told_missing(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    more = f", and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
    return [f"Missing beside the file: {', '.join(names[:MAX_TOLD])}{more}."]


def _is_inside(path: str, folder: str) -> bool:
    real = os.path.realpath(folder)
    return os.path.commonpath([path, real]) == real


def _references(path: str, format_name: str) -> list[Reference]:
    if format_name == "obj":
        return _of_obj(path)
    return _of_gltf(path) if format_name == "gltf" else []


def _of_obj(path: str) -> list[Reference]:
    with open(path, "rb") as file:
        head = file.read(OBJ_HEAD_BYTES).decode("utf-8", "replace")
    return [Reference(line.removeprefix("mtllib").strip().strip('"'), False) for line in head.splitlines()
            if line.startswith("mtllib ")]


def _of_gltf(path: str) -> list[Reference]:
    try:
        document = json.loads(_gltf_json(path))
        return [Reference(unquote(item["uri"]), kind == "buffers") for kind in ("buffers", "images")
                for item in document.get(kind, []) if "uri" in item and not item["uri"].startswith("data:")]
    except (ValueError, struct.error, AttributeError, TypeError):
        raise OpError("blender", f"{os.path.basename(path)!r} is no glTF file, or is broken.", field="path",
                      remedy="Look at where it comes from; nothing was imported.") from None


def _gltf_json(path: str) -> bytes:
    with open(path, "rb") as file:
        if file.read(4) != b"glTF":
            file.seek(0)
            return file.read()
        _version, _length, size, kind = struct.unpack("<II I4s", file.read(16))
        if kind != b"JSON":
            raise ValueError(kind)
        return file.read(size)
