"""set_material: one material on many objects."""

from __future__ import annotations

from typing import Any

from .changes import Changes
from .context import Context
from .lookup import objects_named
from .material_settings import (assign, check_editable, check_takes_material, check_textures, describe_material,
                                ensure_material, material_values, set_textures)


def set_material(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    objects = objects_named(args["objects"], "objects")
    for index, obj in enumerate(objects):
        check_takes_material(obj, f"objects[{index}]")
    spec, slot = args["material"], args.get("slot", 0)
    check_editable(spec.get("name"), "material.name")
    check_textures(spec, "material")
    values, textures = material_values(spec, "material"), spec.get("textures", {})
    changes = Changes()
    with context.changing():
        material, created, unlinked = ensure_material(spec, values)
        set_textures(material, textures, "material.textures", changes)
        for obj in objects:
            assign(obj, material, slot)
            changes.change(obj.name, ["materials"])
        block = f"material:{material.name}"
        if created:
            changes.added.append(block)
        elif values or textures:
            changes.change(block, [*values, *(name for name in textures if name not in values)])
    described = {**describe_material(material), "created": created}
    if unlinked:
        described["unlinked"] = unlinked
    names = [obj.name for obj in objects]
    return context.commit(f"Set Material: {material.name}", changes, {"material": described, "objects": names})
