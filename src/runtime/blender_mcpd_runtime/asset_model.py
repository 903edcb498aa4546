"""A model as an asset: read, put into a collection, scaled to the scene's units, and set down where it is wanted."""

from __future__ import annotations

import os
from typing import Any

import bpy

from .asset_files import AssetFile
from .asset_library import append
from .asset_origin import KINDS, Origin, tag
from .asset_placement import place
from .changes import Changes
from .collection_links import default_collection, ensure_collection
from .context import Context
from .errors import OpError, invalid
from .file_formats import choose
from .file_references import Folders, check_references
from .import_run import gather, read_file
from .imported_files import ImportedFiles
from .kept_scene import KeptScene
from .lookup import objects_named
from .material_settings import assign, check_takes_material
from .operator_options import settable
from .snapshot import Snapshot, compare
from .world_settings import exchange_world

# What importers are told where they know it: the scene's own properties are the user's.
OPTIONS = {"import_scene_extras": False}


class ModelImport:
    def __init__(self, args: dict[str, Any], files: dict[str, AssetFile], warnings: list[str]) -> None:
        self.file, self.warnings = files["model"], warnings
        self.name = args["name"]
        self.location, self.rotation = args.get("location") or [0.0] * 3, args.get("rotation") or [0.0] * 3
        self.target_size = args.get("target_size")
        if self.target_size is not None and self.target_size <= 0:
            raise invalid(f"target_size is {self.target_size}; it must be more than 0.", "target_size")
        self.collection = args.get("collection")
        self.datablock = args.get("datablock")
        self.is_blend = self.file.ending == ".blend"
        if self.datablock is not None and not self.is_blend:
            raise invalid("datablock chooses from a .blend file, and this is none.", "datablock", "Leave it out.")
        self.objects = objects_named(args.get("objects") or [], "objects")
        for index, obj in enumerate(self.objects):
            check_takes_material(obj, f"objects[{index}]")
        self.folders = Folders(self.file.path, [])
        if not self.is_blend:
            self.format, self.operator = choose(self.file.path, None, "import")
            warnings += check_references(self.file.path, self.format.name, self.folders)

    def run(self, context: Context, origin: Origin, changes: Changes, before: Snapshot) -> dict[str, Any]:
        files, kept = ImportedFiles(), KeptScene()
        context.progress(0, 2, f"Reading {os.path.basename(self.file.path)}")
        if self.is_blend:
            kind = self._append(origin)
        else:
            with kept.counting_in_metres():
                kind = self._read(context)
            self.warnings += kept.restore()
        self.warnings += files.check(self.file.path, self.folders, trusts_packed=self.file.ending not in (".usd", ".usdz"))
        self._warn_of_drivers(before)
        context.stop_point()
        told = {}
        objects = _new_ones("objects", before)
        if kind in ("Object", "Collection"):
            context.progress(1, 2, "Placing it")
            told = self._place(objects, before)
        self._tag_all(before, origin)
        changes.merge(compare(before, Snapshot(), set()))
        return {"format": "blend" if self.is_blend else self.format.name, **told}

    def _read(self, context: Context) -> str:
        known = settable(self.operator)
        read_file(context, self.format, self.operator, self.file.path,
                  {name: value for name, value in OPTIONS.items() if name in known})
        return "Object"

    def _append(self, origin: Origin) -> str:
        kind, blocks = append(self.file.path, self.datablock, self.file.field)
        if not blocks:
            raise OpError("blender", f"{os.path.basename(self.file.path)!r} holds nothing that Blender could read.",
                          field=self.file.field)
        for block in blocks:
            _take_asset_data(block, origin)
        if kind == "Material":
            for obj in self.objects:
                assign(obj, blocks[0])
            blocks[0].use_fake_user = not self.objects  # it would not be saved
        elif kind == "World":
            exchange_world(blocks[0])
        elif kind == "Collection":
            self._target().children.link(blocks[0])
        return kind

    def _target(self) -> Any:
        return default_collection() if self.collection is None else ensure_collection(self.collection, Changes())

    def _place(self, objects: list[Any], before: Snapshot) -> dict[str, Any]:
        if not any(obj.type != "MESH" or obj.data.vertices for obj in objects):
            raise OpError("blender", f"{os.path.basename(self.file.path)!r} holds nothing that Blender could read.",
                          field=self.file.field, remedy="Look whether it is broken, or empty.")
        for obj in objects:
            if not obj.users_collection:  # importers do it themselves; what is appended lies nowhere
                self._target().objects.link(obj)
        # Some importers make helpers that are not to be seen.
        layer = set(bpy.context.view_layer.objects)
        shown = [obj for obj in objects if obj in layer] or objects
        if self.collection is not None and not self.is_blend:
            gather(shown, self.collection, before)
        carrier, dimensions = place(shown, self.name, self.location, self.rotation, self.target_size, self.warnings)
        return {"root": carrier.name, "dimensions": dimensions}

    def _warn_of_drivers(self, before: Snapshot) -> None:
        """Only .blend files have any."""
        animated = [block.animation_data for kind in KINDS for block in _new_ones(kind, before)
                    if getattr(block, "animation_data", None)]
        expressions = {driver.driver.expression for animation in animated for driver in animation.drivers
                       if driver.driver.type == "SCRIPTED"}
        if expressions:
            self.warnings.append(f"The file has {len(expressions)} drivers with expressions, such as {min(expressions)[:80]!r}. "
                                 "Those in Python run where Blender's preferences allow it.")

    def _tag_all(self, before: Snapshot, origin: Origin) -> None:
        """Each of them: any may be copied, or be the only one that is kept. A collection that the user named is the user's."""
        for attribute in KINDS:
            for block in _new_ones(attribute, before):
                if block.library is None and not (attribute == "collections" and block.name == self.collection):
                    tag(block, origin)


def _new_ones(attribute: str, before: Snapshot) -> list[Any]:
    """Of a list of bpy.data."""
    known = before.names(attribute)
    return [block for block in getattr(bpy.data, attribute) if block.name not in known]


def _take_asset_data(block: Any, origin: Origin) -> None:
    """What the library says of it; a part of the scene is no asset of the open file's."""
    data = block.asset_data
    if data is None:
        return
    if data.author and "authors" not in origin:
        origin["authors"] = [data.author]
    if getattr(data, "license", "") and "license" not in origin:
        origin["license"] = data.license
    block.asset_clear()
