"""A surface as an asset: a new material of its maps, on objects when they are named."""

from __future__ import annotations

import os
from typing import Any

import bpy

from .asset_files import AssetFile, choice
from .asset_material import COLOR_ROLES, DISPLACEMENTS, Surface, build, told_links, unused_roles
from .asset_origin import Origin, tag
from .asset_scale import Tiling, tiling_of
from .changes import Changes
from .context import Context
from .errors import invalid
from .images import load_map
from .lookup import objects_named
from .material_settings import assign, check_takes_material
from .snapshot import Snapshot

# How much of a map's width its relief is high, where nobody says it.
RELIEF = 0.02
MAX_STRENGTH = 10.0


class TextureImport:
    def __init__(self, args: dict[str, Any], files: dict[str, AssetFile], warnings: list[str]) -> None:
        self.files, self.warnings = files, warnings
        self.name = args["name"]
        self.objects = objects_named(args.get("objects") or [], "objects")
        for index, obj in enumerate(self.objects):
            check_takes_material(obj, f"objects[{index}]")
        self.slot = args.get("slot") or 0
        has_normal = bool(files.keys() & {"normal_gl", "normal_dx"})
        # Both tell of the same relief; together they make it twice as deep.
        usual = "off" if has_normal or "displacement" not in files else "bump"
        self.displacement = choice(args, "displacement", (*DISPLACEMENTS, "off"), usual)
        self.strength = _strength(args)
        self.tiling: Tiling = tiling_of(args, self.objects, warnings)
        self._warn_of_relief(has_normal)

    def _warn_of_relief(self, has_normal: bool) -> None:
        if has_normal and self.tiling.projection == "box":
            self.warnings.append("A normal map follows the UV map, not the box, so its relief may be wrong on some sides; a "
                                 "displacement map as bump, without it, is right on all.")
        if "displacement" not in self.files:
            return
        if self.displacement in ("bump", "both") and has_normal:
            self.warnings.append("The normal map and the displacement map as bump both shade the relief; displacement \"off\" or "
                                 "\"displacement\" shades it once.")
        if self.displacement in ("displacement", "both"):
            self.warnings.append("Real displacement moves the vertices that are there: give the objects a Subdivision "
                                 "modifier. EEVEE shows it from Blender 4.2 on.")

    def run(self, context: Context, origin: Origin, changes: Changes, _before: Snapshot) -> dict[str, Any]:
        images = self._load(context, origin, changes)
        material = bpy.data.materials.new(self.name)
        tag(material, origin)
        build(material, images, self._surface())
        changes.added.append(f"material:{material.name}")
        for obj in self.objects:
            assign(obj, material, self.slot)
            changes.change(obj.name, ["materials"])
        tiling = {"projection": self.tiling.projection, "repeats": self.tiling.repeats, "displacement": self.displacement}
        return {"material": material.name, "objects": [obj.name for obj in self.objects], "links": told_links(material),
                "tiling": tiling}

    def _load(self, context: Context, origin: Origin, changes: Changes) -> dict[str, Any]:
        unused = unused_roles(set(self.files), self.displacement)
        self.warnings += [f"{os.path.basename(self.files[role].path)} ({role}) was not used: {reason}."
                          for role, reason in unused.items()]
        files = {role: file for role, file in self.files.items() if role not in unused}
        images = {}
        for number, (role, file) in enumerate(files.items()):
            context.stop_point()
            context.progress(number, len(files), f"Reading {os.path.basename(file.path)}")
            images[role] = load_map(file.path, file.field, role not in COLOR_ROLES, changes)
            tag(images[role], origin)
        context.stop_point()
        return images

    def _surface(self) -> Surface:
        return Surface(self.tiling.projection, self.tiling.repeats, self.displacement, self.strength,
                       RELIEF * self.tiling.width)


def _strength(args: dict[str, Any]) -> float:
    value = args.get("strength")
    if value is None:
        return 1.0
    if not 0 <= value <= MAX_STRENGTH:
        raise invalid(f"strength is {value}; the relief takes 0 to {MAX_STRENGTH:g}.", "strength")
    return float(value)
