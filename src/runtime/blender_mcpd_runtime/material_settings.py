"""Materials as a handful of settings of the Principled BSDF."""

from __future__ import annotations

from typing import Any

import bpy

from . import compat
from .changes import Changes
from .errors import invalid
from .images import load_image
from .lookup import local
from .node_lookup import linked_node
from .values import color, has_alpha, number, numbers

COLORS = ("base_color", "emission_color")
NORMAL = "normal"  # a texture only
NODE_DISTANCE = 300


def material_values(spec: dict[str, Any], field: str) -> dict[str, Any]:
    """The settings of a material object, ready to be assigned."""
    values: dict[str, Any] = {}
    for setting in compat.PRINCIPLED:
        if setting in spec:
            is_color = setting in COLORS
            values[setting] = color(spec[setting], f"{field}.{setting}") if is_color else float(spec[setting])
    if "base_color" in spec and "alpha" not in spec and has_alpha(spec["base_color"]):
        values["alpha"] = values["base_color"][3]
    if compat.NEW_NODE_EMITS_BLACK and "emission_strength" in spec and "emission_color" not in spec \
            and local(bpy.data.materials, spec.get("name", "")) is None:
        values["emission_color"] = (1.0, 1.0, 1.0, 1.0)
    return values


def check_editable(name: str | None, field: str) -> None:
    existing = local(bpy.data.materials, name) if name else None
    if existing is not None and existing.library is not None:
        raise invalid(f"The material {name!r} is linked from another file and cannot be edited here.", field,
                      "Use another name to make a new material.")


def ensure_material(spec: dict[str, Any], values: dict[str, Any]) -> tuple[Any, bool, list[str]]:
    """The material of that name, made if there is none: (material, created, settings whose links were cut)."""
    name = spec.get("name")
    material = local(bpy.data.materials, name) if name else None
    created = material is None
    if created:
        material = bpy.data.materials.new(name or "Material")
    node = ensure_principled(material)
    unlinked = []
    for setting, value in values.items():
        socket = node.inputs[compat.PRINCIPLED[setting]]
        for link in list(socket.links):  # a texture there would win over the value
            material.node_tree.links.remove(link)
            unlinked.append(setting)
        socket.default_value = value
    if "base_color" in values:
        material.diffuse_color = values["base_color"]  # what Workbench and solid shading show
    for setting in ("metallic", "roughness"):
        if setting in values:
            setattr(material, setting, values[setting])
    if values.get("alpha", 1.0) < 1.0 or "alpha" in spec.get("textures", {}):
        compat.show_transparency(material)
    return material, created, unlinked


def check_textures(spec: dict[str, Any], field: str) -> None:
    for setting in spec.get("textures", {}):
        if setting in spec:
            raise invalid(f"{field}.{setting} is given as a value and as a texture, which would win over it.",
                          f"{field}.{setting}", "Give one of them.")


def set_textures(material: Any, textures: dict[str, Any], field: str, changes: Changes) -> None:
    """Images that drive settings. An image node that is there already gets the new image."""
    principled = ensure_principled(material)
    for row, (setting, path) in enumerate(textures.items()):
        image = load_image(path, f"{field}.{setting}", changes)
        if setting not in COLORS and image.users == 0:  # for others it may be a picture
            image.colorspace_settings.is_data = True
        is_normal = setting == NORMAL
        socket = principled.inputs["Normal" if is_normal else compat.PRINCIPLED[setting]]
        if is_normal:
            socket = _node_before(material, socket, "NORMAL_MAP", "ShaderNodeNormalMap", "Normal", row).inputs["Color"]
        node = _node_before(material, socket, "TEX_IMAGE", "ShaderNodeTexImage", "Color", row)
        node.image = image


def _node_before(material: Any, socket: Any, node_type: str, idname: str, output: str, row: int) -> Any:
    """The node of that type that drives the socket, made if another one or none does."""
    node = linked_node(socket, node_type)
    if node is not None:
        return node
    tree = material.node_tree
    node = tree.nodes.new(idname)
    node.location = (socket.node.location.x - NODE_DISTANCE, socket.node.location.y - row * NODE_DISTANCE)
    tree.links.new(node.outputs[output], socket)
    return node


def principled_node(material: Any) -> Any | None:
    """The Principled BSDF that reaches the output, by type: node names are translated and can be edited."""
    tree = material.node_tree
    if tree is None:
        return None
    nodes = [node for node in tree.nodes if node.type == "BSDF_PRINCIPLED"]
    output = tree.get_output_node("ALL")
    for node in nodes:
        if output and any(link.to_node == output for socket in node.outputs for link in socket.links):
            return node
    return nodes[0] if nodes else None


def ensure_principled(material: Any) -> Any:
    """The node that is there, or a new one."""
    compat.use_nodes(material)
    node = principled_node(material)
    if node is None:
        tree = material.node_tree
        node = tree.nodes.new("ShaderNodeBsdfPrincipled")
        output = tree.get_output_node("ALL") or tree.nodes.new("ShaderNodeOutputMaterial")
        node.location = (output.location.x - NODE_DISTANCE, output.location.y)
        tree.links.new(node.outputs["BSDF"], output.inputs["Surface"])
    return node


def describe_material(material: Any) -> dict[str, Any]:
    """The settings as they are now; those driven by a node have the value "linked"."""
    described: dict[str, Any] = {"name": material.name}
    node = principled_node(material)
    if node is None:
        return described
    for setting, socket_name in compat.PRINCIPLED.items():
        socket = node.inputs[socket_name]
        if socket.is_linked:
            described[setting] = "linked"
        else:
            described[setting] = numbers(socket.default_value) if setting in COLORS else number(socket.default_value)
    return described


MATERIAL_TYPES = {"MESH", "CURVE", "SURFACE", "FONT", "META", "VOLUME", "CURVES", "POINTCLOUD"}


def check_takes_material(obj: Any, field: str) -> None:
    if obj.type not in MATERIAL_TYPES:
        raise invalid(f"{obj.name!r} is a {obj.type} object, which has no materials.", field)
    if obj.data.library is not None:
        raise invalid(f"The data of {obj.name!r} is linked from another file and cannot be edited here.", field)


def assign(obj: Any, material: Any, slot: int = 0) -> None:
    while len(obj.material_slots) <= slot:
        obj.data.materials.append(None)
    obj.material_slots[slot].material = material
