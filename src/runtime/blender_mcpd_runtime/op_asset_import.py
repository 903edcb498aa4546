"""asset.import: finished files of a surface, an environment or a model into the scene, as one edit, with their origin."""

from __future__ import annotations

from typing import Any

import bpy

from .asset_files import AssetFile, checked_files
from .asset_hdri import HdriImport
from .asset_model import ModelImport
from .asset_origin import checked_origin
from .asset_packing import pack_images
from .asset_texture import TextureImport
from .changes import Changes
from .context import Context
from .errors import OpError, invalid
from .import_run import failed
from .snapshot import Snapshot

IMPORTERS = {"texture": TextureImport, "hdri": HdriImport, "model": ModelImport}
MAX_LISTED = 100
# What a result names of the new data.
CREATED = ("materials", "images", "objects", "worlds", "collections")


def import_asset(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    context.hold_interrupts()  # what follows is short, but for importers
    kind, warnings = args["kind"], []
    if kind not in IMPORTERS:
        raise invalid(f"kind is {kind!r}; it must be one of {', '.join(IMPORTERS)}.", "kind")
    args = {**args, "name": _name(args)}
    origin = checked_origin(args.get("provenance"))
    files = checked_files(kind, args["files"], warnings)
    field = next(iter(files.values())).field
    importer = _importer(kind, args, files, warnings, field)
    context.document.leave_edit_mode()
    before, changes = Snapshot(), Changes()
    try:
        with context.changing():
            told = importer.run(context, origin, changes, before)
            if args.get("pack"):
                told["packed"] = pack_images(origin, warnings)
            bpy.context.view_layer.update()
            result = {"kind": kind, "created": _created(before), **told, "warnings": warnings, "provenance": origin}
    except BaseException as exc:
        error = failed(context, exc, before, "asset.import", field)
        error.field = field if error.field == "path" else error.field
        raise error from exc
    context.progress_done()
    return context.commit(f"Import {args['name']}", changes, result)


def _importer(kind: str, args: dict[str, Any], files: dict[str, AssetFile], warnings: list[str], field: str) -> Any:
    """It has checked all that can be checked before."""
    try:
        return IMPORTERS[kind](args, files, warnings)
    except OpError as exc:
        exc.field = field if exc.field == "path" else exc.field  # of the formats, which know no other argument
        raise


def _name(args: dict[str, Any]) -> str:
    """Blender cuts what is too long, and makes it unique."""
    name = "".join(char for char in args["name"] if char.isprintable()).strip()
    if not name:
        raise invalid("name is empty.", "name", "Give what the asset is called.")
    return name


def _created(before: Snapshot) -> dict[str, Any]:
    """Names of the new data, of each kind the first ones; `left_out` counts the others."""
    new = {kind: sorted(set(getattr(bpy.data, kind).keys()) - before.names(kind)) for kind in CREATED}
    left_out = {kind: len(names) - MAX_LISTED for kind, names in new.items() if len(names) > MAX_LISTED}
    return {**{kind: names[:MAX_LISTED] for kind, names in new.items()}, **({"left_out": left_out} if left_out else {})}
