"""Which other files a file of a model names, and which of them an importer may read."""

from __future__ import annotations

import json
import mmap
import os
import stat
import struct
from dataclasses import dataclass
from typing import Any, Iterator, Sequence
from urllib.parse import unquote

from .errors import OpError

MAX_TOLD = 10
# A material library is text that people write; a larger one is none.
MAX_LIBRARY_BYTES = 64 << 20
# The keywords of an .mtl file after which a texture is named, beside those that begin with map_.
TEXTURE_KEYS = {"bump", "refl", "norm", "disp", "decal"}


class Folders:
    """Those that may be read: that of the file itself, if it has one, and those that are allowed (None: all there are)."""

    def __init__(self, path: str, allowed: Sequence[str] | None) -> None:
        self._roots = None if allowed is None else [os.path.realpath(root) for root in (os.path.dirname(path), *allowed) if root]

    def hold(self, target: str) -> bool:
        """Once every link in it is resolved."""
        real = os.path.realpath(target)
        return self._roots is None or any(os.path.commonpath([real, root]) == root for root in self._roots)


@dataclass
class Reference:
    name: str  # as it is written
    targets: Sequence[str]  # where an importer looks for it
    is_needed: bool = False
    is_told: bool = True  # when it is missing


def check_references(path: str, format_name: str, folders: Folders) -> list[str]:
    """Before anything is read. Warnings, for those that are missed but not needed. OpError for one that is needed and not
    there, or outside of the folders that may be read."""
    missing = []
    for reference in _references(path, format_name):
        found = [target for target in reference.targets if os.path.exists(target)]
        # What is named but not there tells nothing, wherever it would be, unless the file is worth nothing without it.
        outside = [target for target in (reference.targets if reference.is_needed else found) if not folders.hold(target)]
        if outside:
            raise outside_error(path, [reference.name])
        if any(_is_endless(target) for target in found):
            raise OpError("invalid", f"{os.path.basename(path)!r} names {reference.name!r}, which is no file.", field="path",
                          remedy="Correct the name in the file; nothing was imported.")
        if found or not reference.is_told:
            continue
        if reference.is_needed:
            raise OpError("not_found", f"{os.path.basename(path)!r} needs {reference.name!r}, which is not there.",
                          field="path", remedy="Put it beside the file.")
        missing.append(reference.name)
    return told_missing(missing)


def _is_endless(path: str) -> bool:
    """A pipe, device or socket: an importer would wait for it, or never come to its end."""
    mode = os.stat(path).st_mode
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def outside_error(path: str, names: Sequence[str]) -> OpError:
    more = f" and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
    told = ", ".join(repr(name) for name in names[:MAX_TOLD]) + more
    return OpError("invalid", f"{os.path.basename(path)!r} names {told}, outside of the allowed folders. Nothing was imported.",
                   field="path", remedy="Move it beside the file, and correct the name in the file; or add its folder to "
                   "files.roots in the configuration.")


def told_missing(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    more = f", and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
    return [f"Missing beside the file: {', '.join(names[:MAX_TOLD])}{more}."]


def _references(path: str, format_name: str) -> Iterator[Reference]:
    if format_name == "obj":
        return _of_obj(path)
    if format_name == "usd":
        return _of_usd(path)
    return _of_gltf(path) if format_name == "gltf" else iter(())


# OBJ


def _of_obj(path: str) -> Iterator[Reference]:
    folder = os.path.dirname(path)
    libraries = dict.fromkeys(_libraries(path))
    # That of the same name is read although the file does not name it.
    own = os.path.splitext(os.path.basename(path))[0] + ".mtl"
    if own not in libraries and os.path.exists(os.path.join(folder, own)):
        libraries[own] = None
    for name in libraries:
        target = os.path.join(folder, name)
        yield Reference(name, [target])  # judged before it is read
        if os.path.isfile(target):
            yield from _of_library(target)


def _libraries(path: str) -> Iterator[str]:
    """Wherever they stand in a file that may be large."""
    with open(path, "rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = data.find(b"mtllib")
            while at >= 0:
                begin, end = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1, at
                while True:  # lines that end in a backslash go on
                    end = data.find(b"\n", end + 1)
                    end = len(data) if end < 0 else end
                    if end == len(data) or not data[at:end].rstrip(b"\r").endswith(b"\\"):
                        break
                if not data[begin:at].strip():
                    text = data[at + len(b"mtllib"):end].replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
                    if text[:1].isspace():
                        yield os.fsdecode(text).strip().strip('"')
                at = data.find(b"mtllib", end)


def _of_library(path: str) -> Iterator[Reference]:
    """Textures come after options that each program writes differently: any end of the line may be the name. Those that are
    missing are told by the images that Blender makes of them."""
    if os.path.getsize(path) > MAX_LIBRARY_BYTES:
        raise OpError("blender", f"{os.path.basename(path)!r} is too large for a list of materials.", field="path")
    with open(path, "rb") as file:
        lines = os.fsdecode(file.read()).replace("\\\r\n", " ").replace("\\\n", " ").splitlines()
    folder = os.path.dirname(path)
    for line in lines:
        words = line.split()
        if len(words) < 2 or not (words[0].lower().startswith("map_") or words[0].lower() in TEXTURE_KEYS):
            continue
        name = line.strip()[len(words[0]):].strip()
        while name:
            spellings = {name, name.strip('"'), name.replace("_", " "), name.replace("\\", "/")}
            targets = [target for one in spellings for target in (os.path.join(folder, one), os.path.abspath(one))]
            yield Reference(name, targets, is_told=False)
            name = "".join(name.split(maxsplit=1)[1:])


# glTF


def _of_gltf(path: str) -> Iterator[Reference]:
    folder = os.path.dirname(path)
    try:
        document = json.loads(_gltf_json(path))
        names = [(unquote(item["uri"]), kind == "buffers") for kind in ("buffers", "images")
                 for item in document.get(kind, []) if "uri" in item and not item["uri"].startswith("data:")]
    except (ValueError, struct.error, AttributeError, TypeError):
        raise OpError("blender", f"{os.path.basename(path)!r} is no glTF file, or is broken.", field="path",
                      remedy="Look at where it comes from; nothing was imported.") from None
    for name, is_needed in names:
        yield Reference(name, [os.path.join(folder, name)], is_needed)


def _gltf_json(path: str) -> bytes:
    with open(path, "rb") as file:
        if file.read(4) != b"glTF":
            file.seek(0)
            return file.read()
        _version, _length, size, kind = struct.unpack("<II I4s", file.read(16))
        if kind != b"JSON":
            raise ValueError(kind)
        return file.read(size)


# USD


def _of_usd(path: str) -> Iterator[Reference]:
    """Layers that are referenced, and assets. Builds without USD's Python tell nothing before."""
    try:
        from pxr import UsdUtils
    except ImportError:
        return
    try:
        layers, assets, _unresolved = UsdUtils.ComputeAllDependencies(path)
    except Exception:  # Tf.ErrorException and whatever comes of a broken file: the importer says more
        return
    for target in [*(layer.realPath for layer in layers), *assets]:
        inside = target.partition("[")[0]  # a file in a package
        if inside:
            yield Reference(os.path.basename(inside), [inside], is_told=False)
