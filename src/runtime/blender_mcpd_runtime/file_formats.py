"""The file formats that Blender imports and exports, and the operator that does it in this Blender."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Iterable, Literal

import bpy

from . import compat
from .errors import OpError, invalid

Direction = Literal["import", "export"]


@dataclass(frozen=True)
class FileFormat:
    """Of the operators, those that some Blender has: the best first."""

    name: str
    endings: tuple[str, ...]
    importers: tuple[str, ...] = ()
    exporters: tuple[str, ...] = ()
    joins_objects: bool = False  # a file holds one mesh

    def operators(self, direction: Direction) -> tuple[str, ...]:
        return self.importers if direction == "import" else self.exporters


FORMATS = (
    FileFormat("gltf", (".glb", ".gltf"), ("import_scene.gltf",), ("export_scene.gltf",)),
    FileFormat("obj", (".obj",), ("wm.obj_import",), ("wm.obj_export",)),
    FileFormat("fbx", (".fbx",), ("wm.fbx_import", "import_scene.fbx"), ("export_scene.fbx",)),
    FileFormat("stl", (".stl",), compat.STL_IMPORTERS, ("wm.stl_export", "export_mesh.stl"), joins_objects=True),
    FileFormat("ply", (".ply",), ("wm.ply_import", "import_mesh.ply"), ("wm.ply_export", "export_mesh.ply"),
               joins_objects=True),
    FileFormat("usd", (".usd", ".usdc", ".usda", ".usdz"), ("wm.usd_import",), ("wm.usd_export",)),
    FileFormat("alembic", (".abc",), ("wm.alembic_import",), ("wm.alembic_export",)),
    FileFormat("svg", (".svg",), ("import_curve.svg",)),
    FileFormat("image", (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".tga", ".exr", ".hdr"),
               ("image.import_as_mesh_planes", "import_image.to_plane")),
)


def choose(path: str, name: str | None, direction: Direction) -> tuple[FileFormat, Any]:
    """The format by its name or by the ending of the path, and the operator for it (a member of bpy.ops)."""
    ending = os.path.splitext(path)[1].lower()
    able = [known for known in FORMATS if known.operators(direction)]
    if name is None:
        chosen = next((known for known in able if ending in known.endings), None)
        if chosen is None:
            told = f"ends in {ending!r}" if ending else "has no ending"
            raise invalid(f"{os.path.basename(path)!r} {told}, which is no format to {direction}.", "path",
                          f"Here are: {_list(_present(able, direction))}.")
    else:
        chosen = next(known for known in able if known.name == name)
        if direction == "export" and ending not in chosen.endings:
            raise invalid(f"A {name} file does not end in {ending!r}.", "path", f"End it in {' or '.join(chosen.endings)}.")
    operator = _operator(chosen, direction)
    if operator is None:
        raise OpError("blender", f"This Blender ({bpy.app.version_string}) is built without {chosen.name}; it cannot "
                      f"{direction} {ending or 'such'} files.", field="format" if name else "path",
                      remedy=f"What it can {direction}: {_list(_present(able, direction))}.")
    return chosen, operator


def describe(direction: Direction) -> list[dict[str, Any]]:
    """All formats: their endings, and the operator that has the options; those that this Blender lacks have none. Enables
    no add-on."""
    told = []
    for known in FORMATS:
        if known.operators(direction):
            found = _registered(known, direction)
            is_here = found is not None or (known.name == "image" and compat.has_image_planes())
            told.append({"format": known.name, "endings": list(known.endings), "available": is_here,
                         **({"operator": f"bpy.ops.{found}"} if found else {})})
    return told


def _present(formats: Iterable[FileFormat], direction: Direction) -> list[FileFormat]:
    return [known for known in formats if _operator(known, direction) is not None]


def _list(formats: Iterable[FileFormat]) -> str:
    return ", ".join(f"{known.name} ({' '.join(known.endings)})" for known in formats)


def _operator(known: FileFormat, direction: Direction) -> Any:
    if known.name == "image":
        compat.enable_image_planes()
    identifier = _registered(known, direction)
    if identifier is None:
        return None
    module, name = identifier.split(".")
    return getattr(getattr(bpy.ops, module), name)


def _registered(known: FileFormat, direction: Direction) -> str | None:
    for identifier in known.operators(direction):
        module, name = identifier.split(".")
        try:
            getattr(getattr(bpy.ops, module), name).get_rna_type()
        except KeyError:
            continue
        return identifier
    return None
