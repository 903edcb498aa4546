"""What differs between Blender versions about nodes: names of types and sockets, interfaces of groups, the compositor."""

from __future__ import annotations

from typing import Any

import bpy

from .compat import VERSION

# (older, newer) types for the same job. A name that is not to be had in a tree means the other one there.
_TYPES = (
    ("ShaderNodeBsdfGlossy", "ShaderNodeBsdfAnisotropic"), ("ShaderNodeBsdfVelvet", "ShaderNodeBsdfSheen"),  # 4.0
    ("ShaderNodeTexMusgrave", "ShaderNodeTexNoise"),  # 4.1
    ("ShaderNodeCombineRGB", "ShaderNodeCombineColor"), ("ShaderNodeSeparateRGB", "ShaderNodeSeparateColor"),  # 5.0
    # The compositor shares nodes with the others since 5.0.
    ("CompositorNodeComposite", "NodeGroupOutput"), ("CompositorNodeMixRGB", "ShaderNodeMix"),
    ("CompositorNodeMath", "ShaderNodeMath"), ("CompositorNodeGamma", "ShaderNodeGamma"),
    ("CompositorNodeMapRange", "ShaderNodeMapRange"), ("CompositorNodeCurveVec", "ShaderNodeVectorCurve"),
    ("CompositorNodeValToRGB", "ShaderNodeValToRGB"), ("CompositorNodeValue", "ShaderNodeValue"),
    ("CompositorNodeCombineXYZ", "ShaderNodeCombineXYZ"), ("CompositorNodeSeparateXYZ", "ShaderNodeSeparateXYZ"),
    ("CompositorNodeSepRGBA", "CompositorNodeSeparateColor"), ("CompositorNodeCombRGBA", "CompositorNodeCombineColor"),
)
_LABELS = (
    ("ColorRamp", "Color Ramp"), ("Hue Saturation Value", "Hue/Saturation/Value"), ("Invert", "Invert Color"),
    ("Bright/Contrast", "Brightness/Contrast"), ("Bright Contrast", "Brightness/Contrast"), ("MixRGB", "Mix (Legacy)"),
    ("Transform", "Transform Geometry"), ("RGB", "Color"), ("Field at Index", "Evaluate at Index"),
    ("Interpolate Domain", "Evaluate on Domain"), ("Velvet BSDF", "Sheen BSDF"), ("Musgrave Texture", "Noise Texture"),
    ("Composite", "Group Output"),
)
# (older, newer) names of sockets.
_SOCKETS: dict[str, tuple[tuple[str, str], ...]] = {
    "ShaderNodeBsdfPrincipled": (  # 4.0
        ("Subsurface", "Subsurface Weight"), ("Specular", "Specular IOR Level"), ("Transmission", "Transmission Weight"),
        ("Clearcoat", "Coat Weight"), ("Clearcoat Roughness", "Coat Roughness"), ("Clearcoat Normal", "Coat Normal"),
        ("Sheen", "Sheen Weight"), ("Emission", "Emission Color")),
    "ShaderNodeCombineColor": (("R", "Red"), ("G", "Green"), ("B", "Blue"), ("Image", "Color")),
    "ShaderNodeSeparateColor": (("R", "Red"), ("G", "Green"), ("B", "Blue"), ("Image", "Color")),
    "ShaderNodeMix": (("Color1", "A"), ("Color2", "B"), ("Image", "A"), ("Image_001", "B"), ("Image", "Result"),
                      ("Color", "Result")),
    "CompositorNodeRGB": (("RGBA", "Color"),),
    "CompositorNodeLensdist": (("Distort", "Distortion"),),
    "CompositorNodeRotate": (("Degr", "Angle"),),
    "CompositorNodeAlphaOver": (("Image", "Background"), ("Image_001", "Foreground")),
    "GeometryNodeCollectionInfo": (("Geometry", "Instances"),),
    "GeometryNodePoints": (("Geometry", "Points"),),
    "GeometryNodeProximity": (("Target", "Geometry"), ("Source Position", "Sample Position")),
    "GeometryNodeSampleUVSurface": (("Source UV Map", "UV Map"),),
    "GeometryNodeAccumulateField": (("Group Index", "Group ID"),),
    "GeometryNodeSetShadeSmooth": (("Geometry", "Mesh"),),
    "GeometryNodeSetSplineCyclic": (("Geometry", "Curve"),),
    "GeometryNodeSetSplineResolution": (("Geometry", "Curve"),),
}
_ANY_SOCKET = (("Fac", "Factor"), ("Bright", "Brightness"))
_COLOR_SPACES = (("Linear", "Linear Rec.709"), ("Raw", "Non-Color"))


def _others(name: str, pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [new for old, new in pairs if old == name] + [old for old, new in pairs if new == name]


def other_types(name: str) -> list[str]:
    return _others(name, _TYPES)


def other_labels(label: str) -> list[str]:
    return _others(label, _LABELS)


def other_sockets(node_type: str, name: str) -> list[str]:
    return _others(name, _SOCKETS.get(node_type, ()) + _ANY_SOCKET)


def other_color_spaces(name: str) -> list[str]:
    return _others(name, _COLOR_SPACES)


def adapt_node(node: Any, wanted_type: str) -> None:
    """A node that stands in for one of another type works like that."""
    if wanted_type == "CompositorNodeMixRGB" and node.bl_idname == "ShaderNodeMix":
        node.data_type = "RGBA"


# Factor sockets have the range 0 to 1 in RNA. Blender tells nobody that some are made with another one.
_WIDER_FACTORS = {"Anisotropy": (-1.0, 1.0), "IOR": (0.0, 1000.0), "put Tint": (-500.0, 500.0)}


def factor_range(socket: Any) -> tuple[float, float] | None:
    """None: unlimited."""
    if getattr(socket.node, "clamp_factor", True) is False:
        return None
    return next((wide for part, wide in _WIDER_FACTORS.items() if part in socket.identifier), (0.0, 1.0))


# The interface of a group

_IN_OUT = {"input": "INPUT", "output": "OUTPUT"}
_SOCKET_TYPES_3 = ("Float", "Int", "Bool", "Vector", "Color", "String", "Shader", "Geometry", "Object", "Collection",
                   "Image", "Material", "Texture")


def interface_sockets(tree: Any, direction: str) -> list[Any]:
    """The items that stand for its inputs or outputs: name, identifier, most of them default_value."""
    if VERSION >= (4, 0):
        return [item for item in tree.interface.items_tree
                if item.item_type == "SOCKET" and item.in_out == _IN_OUT[direction]]
    return list(tree.inputs if direction == "input" else tree.outputs)


def interface_socket_type(item: Any) -> str:
    return item.socket_type if VERSION >= (4, 0) else item.bl_socket_idname


def interface_socket_types(tree: Any) -> list[str]:
    """As idnames of sockets."""
    if VERSION < (4, 0):
        return [f"NodeSocket{name}" for name in _SOCKET_TYPES_3]
    try:
        tree.interface.new_socket("?", in_out="INPUT", socket_type="?")
    except TypeError as exc:  # tells the names that there are
        return [part.strip("'\" ") for part in str(exc).rpartition(" not found in (")[2].rstrip(")").split(",")]
    return []


def add_interface_socket(tree: Any, direction: str, name: str, socket_type: str) -> Any:
    """Raises RuntimeError or TypeError where the tree has no such sockets."""
    if VERSION >= (4, 0):
        item = tree.interface.new_socket(name, in_out=_IN_OUT[direction], socket_type=socket_type)
    else:
        item = (tree.inputs if direction == "input" else tree.outputs).new(socket_type, name)
    if item is None:
        raise RuntimeError(f"{socket_type} is not for this kind of tree")
    return item


def remove_interface_socket(tree: Any, direction: str, item: Any) -> None:
    if VERSION >= (4, 0):
        tree.interface.remove(item)
    else:
        (tree.inputs if direction == "input" else tree.outputs).remove(item)


def set_modifier_input(modifier: Any, identifier: str, value: Any) -> None:
    """Of a Geometry Nodes modifier, which keeps a value of its own since the input was made."""
    if hasattr(modifier, "properties"):
        holder = getattr(modifier.properties.inputs, identifier, None)
        if hasattr(holder, "value"):
            holder.value = value
    elif identifier in modifier:
        modifier[identifier] = value


# Trees

def mark_as_modifier(group: Any) -> None:
    """Only such groups are offered for modifiers since 4.0."""
    if VERSION >= (4, 0):
        group.is_modifier = True


def compositor_tree(scene: Any) -> Any | None:
    """Since 5.0 a node group that scenes can share."""
    if VERSION >= (5, 0):
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def make_compositor_tree(scene: Any) -> tuple[Any, bool]:
    """With the rendered image going to the output: (tree, whether it is a node group)."""
    if VERSION < (5, 0):
        scene.use_nodes = True
        return scene.node_tree, False
    tree = bpy.data.node_groups.new("Compositing Nodes", "CompositorNodeTree")
    scene.compositing_node_group = tree
    add_interface_socket(tree, "output", "Image", "NodeSocketColor")
    layers, output = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("NodeGroupOutput")
    output.location = (400, 0)
    tree.links.new(layers.outputs["Image"], output.inputs["Image"])
    return tree, True
