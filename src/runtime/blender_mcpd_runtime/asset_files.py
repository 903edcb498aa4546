"""The files of an asset: which there must be, and that each is what its name says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Iterable

from .errors import OpError, invalid
from .lookup import nearest

# What has none of the beginnings of a kind is not of that kind. Kinds that are not here have no mark.
_MARKS = {
    "PNG": (b"\x89PNG\r\n\x1a\n",), "JPEG": (b"\xff\xd8\xff",), "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "WebP": (b"RIFF",), "BMP": (b"BM",), "OpenEXR": (b"\x76\x2f\x31\x01",), "Radiance HDR": (b"#?RADIANCE", b"#?RGBE"),
    "JPEG 2000": (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"), "binary glTF": (b"glTF",), "glTF": (b"{",),
    "FBX": (b"Kaydara FBX Binary", b"; FBX", b";FBX"), "USD package": (b"PK\x03\x04",), "binary USD": (b"PXR-USDC",),
    "USD text": (b"#usda",), "Blender file": (b"BLENDER", b"\x28\xb5\x2f\xfd", b"\x1f\x8b"),
}
# Kinds of which anything may be the beginning, or that may begin with white space.
_PADDED = {"glTF", "FBX", "USD text"}
_KINDS: dict[str, tuple[str, ...]] = {
    ".png": ("PNG",), ".jpg": ("JPEG",), ".jpeg": ("JPEG",), ".tif": ("TIFF",), ".tiff": ("TIFF",), ".webp": ("WebP",),
    ".bmp": ("BMP",), ".exr": ("OpenEXR",), ".hdr": ("Radiance HDR",), ".jp2": ("JPEG 2000",), ".tga": (),
    ".glb": ("binary glTF",), ".gltf": ("glTF",), ".fbx": ("FBX",), ".usdz": ("USD package",), ".usdc": ("binary USD",),
    ".usda": ("USD text",), ".usd": ("binary USD", "USD text"), ".blend": ("Blender file",),
    ".obj": (), ".ply": (), ".stl": (), ".abc": (),
}
_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".exr", ".hdr", ".jp2", ".tga")
_ENDINGS = {
    "texture": _IMAGES, "hdri": (".exr", ".hdr"),
    "model": (".gltf", ".glb", ".fbx", ".obj", ".blend", ".usd", ".usdc", ".usda", ".usdz", ".stl", ".ply", ".abc"),
}
# The role of the file that an asset of the kind is made of.
MAIN_ROLES = {"hdri": "environment", "model": "model"}
TEXTURE_ROLES = ("color", "normal_gl", "normal_dx", "roughness", "glossiness", "metallic", "specular",
                 "ambient_occlusion", "displacement", "opacity", "emission", "arm")
_HEAD_BYTES = 256
# What to do about a file that is there, and not for Blender.
SANDBOX = "A Blender in a sandbox sees only what is in the folders of assets.folders and files.roots: add its folder there."


@dataclass
class AssetFile:
    path: str
    role: str
    field: str  # what of the arguments it is, for errors

    @property
    def ending(self) -> str:
        return os.path.splitext(self.path)[1].lower()


def checked_files(kind: str, given: list[dict[str, Any]], warnings: list[str]) -> dict[str, AssetFile]:
    """By role. What has no role here is named in `warnings`; OpError for one that is missing, or is something else."""
    files: dict[str, AssetFile] = {}
    roles = TEXTURE_ROLES if kind == "texture" else (MAIN_ROLES[kind],)
    for index, one in enumerate(given):
        file = AssetFile(one["path"], one["role"], f"files[{index}].path")
        if not os.path.isabs(file.path):
            raise invalid(f"{file.field} is {file.path!r}, which is not absolute.", file.field)
        if file.role == "dependency":  # found by the name that the model gives it
            continue
        name = os.path.basename(file.path)
        if file.role not in roles:
            similar = nearest(file.role, roles, 1)
            hint = f"; the nearest is {similar[0]}" if similar else ""
            warnings.append(f"{name} was not used: no {kind} has the role {file.role!r} here{hint}.")
        elif file.role in files:
            warnings.append(f"{name} was not used: {os.path.basename(files[file.role].path)} is the {file.role} already.")
        else:
            files[file.role] = file
    if not files:
        raise invalid(f"files has none with the role {' or '.join(roles)}.", "files", "Give the file, with its role.")
    for file in files.values():
        _check(kind, file)
    return files


def _check(kind: str, file: AssetFile) -> None:
    name = os.path.basename(file.path)
    if file.ending not in _ENDINGS[kind]:
        told = f"ends in {file.ending!r}" if file.ending else "has no ending"
        raise invalid(f"{name!r} {told}; a file of the role {file.role} ends in {', '.join(_ENDINGS[kind])}.", file.field)
    if not os.path.isfile(file.path):
        raise OpError("not_found", f"There is no file {file.path!r}.", field=file.field, remedy=SANDBOX)
    try:
        with open(file.path, "rb") as opened:
            head = opened.read(_HEAD_BYTES)
    except OSError as exc:
        raise OpError("blender", f"Blender cannot read {name!r}: {exc.strerror}.", field=file.field,
                      remedy=SANDBOX) from exc
    if not head:
        raise invalid(f"{name!r} is empty.", file.field, "Get it again.")
    expected = _KINDS[file.ending]
    if expected and not any(_is_a(head, one) for one in expected):
        others = [other for other in _MARKS if other not in _PADDED and _is_a(head, other)]
        told = f"a {others[0]} by its content" if others else f"no {expected[0]} by its content"
        raise invalid(f"{name!r} is {told}.", file.field, "Get it again, or give it the ending of what it is.")


def _is_a(head: bytes, kind: str) -> bool:
    if kind in _PADDED:
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if kind == "WebP" and head[8:12] != b"WEBP":
        return False
    return head.startswith(_MARKS[kind])


def choice(args: dict[str, Any], name: str, allowed: Iterable[str], default: str) -> str:
    """An argument that is one of a few words."""
    value = args.get(name)
    if value is None:
        return default
    if value not in allowed:
        raise invalid(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.", name)
    return str(value)
