"""export_file: the scene, or a part of it, into a file that is read back before it gets its name. Runs in a Blender of its
own, on a copy: the scene that is open there is lost."""

from __future__ import annotations

import os
from typing import Any, Collection

import bpy

from .context import Context
from .errors import Interrupted, OpError, describe
from .export_output import ExportOutput
from .file_formats import FileFormat, choose
from .import_run import run_importer
from .lookup import objects_named
from .operator_options import checked_options
from .triangles import Count, count_all, count_shown

STEPS = 3
SELECTION = ("use_selection", "export_selected_objects", "selected_objects_only", "selected")
# By which the modifiers are left out.
MODIFIERS = ("export_apply", "apply_modifiers", "use_mesh_modifiers")


def export_file(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    generation = context.document.generation
    output = ExportOutput(args)
    file_format, operator = choose(output.path, args.get("format"), "export")
    options = checked_options(operator, args.get("options", {}))
    output.check_free()
    export = Export(file_format, operator, options, args.get("objects"), output.path)
    export.run(output.working_path)
    context.progress(1, STEPS, "The file is written")
    names = output.names()
    verification = _verify(context, output, export)
    context.progress(2, STEPS, "The file is read back")
    size, digest = output.digest()
    context.hold_interrupts()
    beside = output.keep(names)
    context.progress_done()
    return {"path": output.path, "format": file_format.name, "bytes": size, "sha256": digest, "files": beside,
            "objects": export.shown.objects, "triangles": export.shown.triangles, "verification": verification,
            "warnings": export.warnings, "generation": generation}


class Export:
    """What will be written; `warnings` says what was decided without being asked."""

    def __init__(self, file_format: FileFormat, operator: Any, options: dict[str, Any], names: list[str] | None,
                 path: str) -> None:
        self.format = file_format
        self._ending = os.path.splitext(path)[1].lower()
        self.warnings: list[str] = []
        self._operator = operator
        self._known = {prop.identifier for prop in operator.get_rna_type().properties}
        self._options = options
        self._names = self._choose(names)
        self._add_defaults()
        modifiers = all(options.get(name, True) for name in MODIFIERS)
        self.shown = count_shown(self._names, modifiers)
        if file_format.joins_objects and not self.shown.triangles:
            raise OpError("blender", f"There is no triangle to write: {file_format.name} holds nothing else.",
                          field="objects", remedy="Name objects with faces, or choose another format.")

    @property
    def expected(self) -> Count:
        """What the file should hold."""
        objects = min(1, self.shown.objects) if self.format.joins_objects else self.shown.objects
        return Count(objects, self.shown.triangles)

    def run(self, path: str) -> None:
        try:
            done = self._operator("EXEC_DEFAULT", filepath=path, **self._options)
        except TypeError as exc:  # what RNA does not tell, such as enums whose items are made when they are asked for
            raise OpError("invalid", str(exc).strip(), field="options") from exc
        if "FINISHED" not in done:
            raise OpError("blender", "Blender did not export anything.", remedy="Look for the reason in Blender's output.")

    def _choose(self, names: list[str] | None) -> Collection[str]:
        layer = bpy.context.view_layer
        if bpy.context.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        if names is not None:
            chosen = objects_named(names, "objects")
            for obj in chosen:
                obj.hide_viewport = obj.hide_select = False
                if obj.name not in layer.objects:  # its collections are excluded
                    bpy.context.scene.collection.objects.link(obj)
                obj.hide_set(False)
        else:
            chosen = [obj for obj in layer.objects if obj.visible_get()]
            hidden = len(bpy.context.scene.objects) - len(chosen)
            if hidden:
                self.warnings.append(f"Hidden and left out: {hidden} of {hidden + len(chosen)} objects. Name them in objects "
                                     "to export them.")
        if not chosen:
            raise OpError("blender", "There is nothing to export.", field="objects")
        for obj in layer.objects:
            obj.select_set(False)
        for obj in chosen:
            obj.select_set(True)
        layer.objects.active = chosen[0]
        layer.update()
        self._selects = names is not None
        return {obj.name for obj in chosen}

    def _add_defaults(self) -> None:
        defaults: dict[str, Any] = {"use_visible": True, "use_active_scene": True, "as_background_job": False,
                                    "check_existing": False}
        selection = next(name for name in SELECTION if name in self._known)
        # Without use_visible hidden objects would be written, too.
        defaults[selection] = self._selects or "use_visible" not in self._known
        if "export_apply" in self._known:
            defaults["export_apply"] = self._may_apply_modifiers()
        for name, value in defaults.items():
            if name in self._known:
                self._options.setdefault(name, value)
        if self.format.name == "gltf":
            self._options["export_format"] = "GLB" if self._ending == ".glb" else "GLTF_SEPARATE"

    def _may_apply_modifiers(self) -> bool:
        """Applied modifiers cost the shape keys."""
        objects = bpy.context.view_layer.objects
        keys = [name for name in self._names if getattr(objects[name].data, "shape_keys", None)]
        if keys and "export_apply" not in self._options:
            self.warnings.append(f"Modifiers were not applied, as {keys[0]!r} has shape keys. Set the option export_apply "
                                 "to apply them without.")
        return not keys


def _verify(context: Context, output: ExportOutput, export: Export) -> dict[str, Any]:
    """Reads the file back and counts."""
    try:
        _format, operator = choose(output.working_path, export.format.name, "import")
    except OpError:
        export.warnings.append("This Blender cannot read such files, so what was written was not checked.")
        return {}
    bpy.ops.wm.read_homefile(use_empty=True, load_ui=False)
    try:
        run_importer(export.format, operator, output.working_path, {})
        found = count_all()
    except Exception as exc:
        if context.job.interrupt is not None:
            raise Interrupted from exc
        raise _not_whole(f"it could not be read back: {describe(exc).message}") from exc
    expected = export.expected
    matches = found == expected
    if not matches:
        what = (f"{found.objects} of {expected.objects} objects with {found.triangles} of {expected.triangles} triangles "
                "were found in it")
        if (expected.triangles and not found.triangles) or not output.has_room():
            raise _not_whole(what)
        export.warnings.append(f"The file differs from the scene: {what}.")
    return {"objects": found.objects, "triangles": found.triangles, "matches": matches}


def _not_whole(how: str) -> OpError:
    return OpError("blender", f"The file is not whole: {how}. Nothing was kept.", field="path",
                   remedy="If the disk is full, free some space; else choose other options, or another format.")
