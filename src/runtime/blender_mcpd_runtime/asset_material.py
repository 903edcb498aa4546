"""A material of the maps of a surface: which map goes where, and through which nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import compat
from .material_settings import ensure_principled
from .node_layout import arrange
from .node_lookup import match_socket

# They are looked at; all others are measured values.
COLOR_ROLES = ("color", "emission")
LABELS = {"color": "Color", "normal_gl": "Normal", "normal_dx": "Normal (DirectX)", "roughness": "Roughness",
          "glossiness": "Glossiness", "metallic": "Metallic", "specular": "Specular", "ambient_occlusion": "Ambient Occlusion",
          "displacement": "Displacement", "opacity": "Opacity", "emission": "Emission", "arm": "AO, Roughness, Metallic"}
# Where a channel of the packed map goes when there is no map of its own.
ARM_CHANNELS = {"ambient_occlusion": "Red", "roughness": "Green", "metallic": "Blue"}
MIDLEVEL = 0.5  # the value of a displacement map that moves nothing
BOX_BLEND = 0.2
DISPLACEMENTS = {"bump": "BUMP", "displacement": "DISPLACEMENT", "both": "BOTH"}


@dataclass
class Surface:
    """How the maps lie on it."""

    projection: str        # uv or box
    repeats: list[float]   # of the maps along each axis: per UV unit, or per unit of the object for box
    displacement: str      # one of DISPLACEMENTS, or off
    strength: float        # of the relief
    height: float          # of all of a displacement map at strength 1, in Blender's units


def unused_roles(roles: set[str], displacement: str) -> dict[str, str]:
    """Maps that another one makes useless, with the reason."""
    better = {"normal_dx": ["normal_gl"], "glossiness": ["roughness"]}
    unused = {role: f"{others[0]} is there" for role, others in better.items() if role in roles and roles & set(others)}
    if "glossiness" in roles and "arm" in roles and "glossiness" not in unused:
        unused["glossiness"] = "arm has the roughness"
    if "arm" in roles and roles.issuperset(ARM_CHANNELS):
        unused["arm"] = "each of its channels has a map of its own"
    if "displacement" in roles and displacement == "off":
        unused["displacement"] = "displacement is off"
    return unused


def build(material: Any, images: dict[str, Any], surface: Surface) -> None:
    """Into a new material."""
    _Builder(material, images, surface).build()


class _Builder:
    def __init__(self, material: Any, images: dict[str, Any], surface: Surface) -> None:
        self.material, self.images, self.surface = material, images, surface
        self.principled = ensure_principled(material)
        self.tree = material.node_tree
        self._mapping: Any = None
        self._textures: dict[str, Any] = {}
        self._arm: Any = None

    def build(self) -> None:
        self._color()
        self._values()
        self._emission()
        self._normal()
        self._displacement()
        arrange(self.tree, self.tree.nodes)

    # The maps

    def _texture(self, role: str) -> Any:
        """The node of the map; all share one mapping."""
        node = self._textures.get(role)
        if node is None:
            self._textures[role] = node = self._new("ShaderNodeTexImage", LABELS[role])
            node.image = self.images[role]
            if self.surface.projection == "box":
                node.projection, node.projection_blend = "BOX", BOX_BLEND
            self._link(self._shared_mapping().outputs["Vector"], node, "Vector")
        return node

    def _shared_mapping(self) -> Any:
        if self._mapping is None:
            self._mapping = self._new("ShaderNodeMapping", "")
            self._mapping.inputs["Scale"].default_value = self.surface.repeats
            coordinates = self._new("ShaderNodeTexCoord", "")
            self._link(coordinates.outputs["UV" if self.surface.projection == "uv" else "Object"], self._mapping, "Vector")
        return self._mapping

    def _channel(self, role: str) -> Any | None:
        """The output with the values of that role: of its own map, or of the packed one."""
        if role in self.images:
            return self._texture(role).outputs["Color"]
        if role not in ARM_CHANNELS or "arm" not in self.images:
            return None
        if self._arm is None:
            self._arm = self._new("ShaderNodeSeparateColor", LABELS["arm"])
            self._link(self._texture("arm").outputs["Color"], self._arm, "Color")
        return self._arm.outputs[ARM_CHANNELS[role]]

    # What they say

    def _color(self) -> None:
        base = match_socket(self.principled, self.principled.inputs, "Base Color")
        color, occlusion = self._channel("color"), self._channel("ambient_occlusion")
        if occlusion is not None:
            mix = self._new("ShaderNodeMix", "Color and Occlusion")
            mix.data_type, mix.blend_type = "RGBA", "MULTIPLY"
            match_socket(mix, mix.inputs, "Factor").default_value = 1.0
            if color is None:
                match_socket(mix, mix.inputs, "A").default_value = base.default_value[:]
            else:
                self._link(color, mix, "A")
            self._link(occlusion, mix, "B")
            color = match_socket(mix, mix.outputs, "Result")
        if color is not None:
            self._link(color, self.principled, "Base Color")

    def _values(self) -> None:
        for role, socket in (("roughness", "Roughness"), ("metallic", "Metallic"), ("specular", "Specular"),
                             ("opacity", "Alpha")):
            value = self._channel(role)
            if value is None and role == "roughness" and "glossiness" in self.images:
                value = self._inverted(self._texture("glossiness").outputs["Color"], "Roughness of Glossiness")
            if value is not None:
                self._link(value, self.principled, socket)
        if "opacity" in self.images:
            compat.show_transparency(self.material)

    def _emission(self) -> None:
        if "emission" in self.images:
            self._link(self._texture("emission").outputs["Color"], self.principled, "Emission Color")
            self.principled.inputs["Emission Strength"].default_value = 1.0

    def _normal(self) -> None:
        if "normal_gl" in self.images:
            normal = self._texture("normal_gl").outputs["Color"]
        elif "normal_dx" in self.images:
            normal = self._green_inverted(self._texture("normal_dx").outputs["Color"])
        else:
            return
        node = self._new("ShaderNodeNormalMap", "")
        node.inputs["Strength"].default_value = self.surface.strength
        self._link(normal, node, "Color")
        self._link(node.outputs["Normal"], self.principled, "Normal")

    def _green_inverted(self, color: Any) -> Any:
        """In DirectX's maps green points down."""
        parts, whole = self._new("ShaderNodeSeparateColor", ""), self._new("ShaderNodeCombineColor", "OpenGL Normal")
        self._link(color, parts, "Color")
        self._link(parts.outputs["Red"], whole, "Red")
        self._link(self._inverted(parts.outputs["Green"], "Invert Green"), whole, "Green")
        self._link(parts.outputs["Blue"], whole, "Blue")
        return whole.outputs["Color"]

    def _inverted(self, value: Any, label: str) -> Any:
        node = self._new("ShaderNodeMath", label)
        node.operation = "SUBTRACT"
        node.inputs[0].default_value = 1.0
        self.tree.links.new(value, node.inputs[1])
        return node.outputs[0]

    def _displacement(self) -> None:
        if "displacement" not in self.images:
            return
        node = self._new("ShaderNodeDisplacement", "")
        node.inputs["Midlevel"].default_value = MIDLEVEL
        node.inputs["Scale"].default_value = self.surface.height * self.surface.strength
        self._link(self._texture("displacement").outputs["Color"], node, "Height")
        self._link(node.outputs["Displacement"], self.tree.get_output_node("ALL"), "Displacement")
        compat.set_displacement_method(self.material, DISPLACEMENTS[self.surface.displacement])

    # Nodes

    def _new(self, idname: str, label: str) -> Any:
        node = self.tree.nodes.new(idname)
        node.label = label
        return node

    def _link(self, output: Any, node: Any, name: str) -> None:
        self.tree.links.new(output, match_socket(node, node.inputs, name))


def told_links(material: Any) -> list[str]:
    """Color.Color → Principled BSDF.Base Color, in the order of the nodes."""
    def called(node: Any) -> str:
        return node.label or node.name

    return sorted(f"{called(link.from_node)}.{link.from_socket.name} → {called(link.to_node)}.{link.to_socket.name}"
                  for link in material.node_tree.links)
