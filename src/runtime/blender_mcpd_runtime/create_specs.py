"""What create_objects accepts for each kind, checked before anything is made."""

from __future__ import annotations

from typing import Any

import bpy

from .errors import invalid
from .lookup import local, not_found
from .material_settings import check_editable, material_values
from .primitives import BUILDERS, DEFAULT_SEGMENTS

MESH_KINDS = {*BUILDERS, "mesh"}
MATERIAL_KINDS = MESH_KINDS | {"text", "curve"}

# Members that only some kinds have a use for. Ignoring them elsewhere would hide a mistake.
KINDS_WITH: dict[str, set[str]] = {
    "size": {*BUILDERS, "empty", "camera", "text"},
    "segments": {kind for kind in DEFAULT_SEGMENTS},
    "shade": MESH_KINDS,
    "material": MATERIAL_KINDS,
    "light": {"light"}, "camera": {"camera"}, "text": {"text"}, "curve": {"curve"}, "mesh": {"mesh"},
}


def check_item(item: dict[str, Any], field: str, earlier: set[str], materials: set[str]) -> None:
    """`earlier` are the names that items before this one asked for; they can be parents and targets. `materials` are those
    that they make."""
    kind = item["kind"]
    for member, kinds in KINDS_WITH.items():
        if member in item and kind not in kinds:
            raise invalid(f"{field}.{member} does not apply to kind {kind!r}, only to {', '.join(sorted(kinds))}.",
                          f"{field}.{member}", "Leave it out." if member != "size" or kind != "light"
                          else "Use light.size.")
    if isinstance(item.get("size"), list):
        _check_box(item, field)
    if "look_at" in item and "rotation" in item:
        raise invalid(f"{field} has both look_at and rotation.", f"{field}.look_at", "Give one of them.")
    for member in ("parent", "look_at"):
        name = item.get(member)
        if isinstance(name, str) and name not in earlier and name not in bpy.context.scene.objects:
            names = [*earlier, *bpy.context.scene.objects.keys()]
            raise not_found("object", name, names, f"{field}.{member}")
    if "material" in item:
        _check_material(item["material"], f"{field}.material", materials)
    if kind == "mesh":
        _check_mesh(item.get("mesh"), f"{field}.mesh")
    if kind == "curve" and len(item.get("curve", {}).get("points", ())) < 2:
        raise invalid(f"{field}.curve.points needs at least two points.", f"{field}.curve.points")


def _check_box(item: dict[str, Any], field: str) -> None:
    if item["kind"] not in BUILDERS:
        raise invalid(f"{field}.size of kind {item['kind']!r} is one number.", f"{field}.size")
    if any(part <= 0 for part in item["size"]):
        raise invalid(f"{field}.size is {item['size']}; a box has lengths above 0.", f"{field}.size")


def _check_material(material: Any, field: str, materials: set[str]) -> None:
    if isinstance(material, str):
        if material not in materials and local(bpy.data.materials, material) is None:
            error = not_found("material", material, [*materials, *bpy.data.materials.keys()], field)
            error.remedy = 'To make it, give an object instead: {"name": …, "base_color": …}.'
            raise error
        return
    check_editable(material.get("name"), f"{field}.name")
    material_values(material, field)


def _check_mesh(mesh: dict[str, Any] | None, field: str) -> None:
    if not mesh or not mesh.get("vertices"):
        raise invalid(f"{field}.vertices is missing: kind 'mesh' is made from them.", f"{field}.vertices")
    count = len(mesh["vertices"])
    for member, least in (("faces", 3), ("edges", 2)):
        for index, corners in enumerate(mesh.get(member, ())):
            where = f"{field}.{member}[{index}]"
            if len(corners) < least or (member == "edges" and len(corners) > least):
                raise invalid(f"{where} has {len(corners)} vertices; "
                              f"{'a face has three or more' if member == 'faces' else 'an edge has two'}.", where)
            if len(set(corners)) != len(corners):
                raise invalid(f"{where} names a vertex twice.", where)
            outside = next((corner for corner in corners if not 0 <= corner < count), None)
            if outside is not None:
                raise invalid(f"{where} names vertex {outside}; there are {count}, numbered from 0.", where)
