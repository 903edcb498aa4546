"""Every difference between Blender versions that the runtime has to know, in one place."""

from __future__ import annotations

import importlib.util
import math
from contextlib import contextmanager
from typing import Any, Iterator

import bpy

VERSION = tuple(bpy.app.version)

# EEVEE was rewritten in 4.2 under a new identifier and got the old one back in 5.0.
EEVEE = "BLENDER_EEVEE_NEXT" if (4, 2) <= VERSION < (5, 0) else "BLENDER_EEVEE"
ENGINES = {"workbench": "BLENDER_WORKBENCH", "eevee": EEVEE, "cycles": "CYCLES"}

# Before 4.3 render_stats handlers are not given the text.
HAS_STATS_TEXT = VERSION >= (4, 3)
HAS_FFMPEG = bool(bpy.app.build_options.codec_ffmpeg)
# Since 5.0 an output is first an image or a video, and only then of a file format.
HAS_MEDIA_TYPE = VERSION >= (5, 0)

# Of a data-block.
MAX_NAME_BYTES = 255 if VERSION >= (5, 0) else 63

# Before 4.1 the one in C++ is an experiment.
STL_IMPORTERS = ("wm.stl_import",) if VERSION >= (4, 1) else ("import_mesh.stl",)


@contextmanager
def working_importers() -> Iterator[None]:
    """The glTF importer of 3.4 uses a name that newer versions of numpy do not have any more. Loads numpy, if it is there."""
    try:
        import numpy
    except ImportError:
        numpy = None
    is_missing = numpy is not None and VERSION < (4, 0) and "bool" not in vars(numpy)
    if is_missing:
        numpy.bool = numpy.bool_
    try:
        yield
    finally:
        if is_missing:
            del numpy.bool


def enable_image_planes() -> None:
    """Images as planes are an add-on before 4.2, which is there but not enabled."""
    if VERSION < (4, 2):
        import addon_utils

        addon_utils.enable("io_import_images_as_planes", default_set=False)


def has_image_planes() -> bool:
    """Without enabling it."""
    return VERSION >= (4, 2) or importlib.util.find_spec("io_import_images_as_planes") is not None


def literal_path(path: str) -> str:
    """Since 5.0 {name} in an output path is a template."""
    return path.replace("{", "{{").replace("}", "}}") if VERSION >= (5, 0) else path


# Inputs of the Principled BSDF by the name of the material setting.
_PRINCIPLED_4 = {
    "base_color": "Base Color", "metallic": "Metallic", "roughness": "Roughness", "alpha": "Alpha", "ior": "IOR",
    "emission_color": "Emission Color", "emission_strength": "Emission Strength",
    "transmission": "Transmission Weight",
}
PRINCIPLED = _PRINCIPLED_4 if VERSION >= (4, 0) else {
    **_PRINCIPLED_4, "emission_color": "Emission", "transmission": "Transmission",
}
# An emission strength is of no use with the black emission that a new node has before 4.0.
NEW_NODE_EMITS_BLACK = VERSION < (4, 0)

AUTO_SMOOTH_ANGLE = math.radians(30)


def shade_auto(mesh: Any) -> None:
    """Smooth, with the edges sharper than 30° kept sharp. The polygons are smooth already."""
    if VERSION >= (4, 1):
        mesh.set_sharp_from_angle(angle=AUTO_SMOOTH_ANGLE)
    else:
        mesh.use_auto_smooth = True
        mesh.auto_smooth_angle = AUTO_SMOOTH_ANGLE


def shade_not_auto(mesh: Any) -> None:
    """Takes back what shade_auto does besides smoothing the polygons."""
    if VERSION >= (4, 1):
        sharp = mesh.attributes.get("sharp_edge")
        if sharp is not None:
            mesh.attributes.remove(sharp)
    else:
        mesh.use_auto_smooth = False


def identity(block: Any) -> int:
    """The same for a data-block for as long as the file is open; before 4.1 only until it is removed, and undo may change it."""
    return block.session_uid if hasattr(block, "session_uid") else block.as_pointer()


def use_nodes(data_block: Any) -> None:
    """From 5.0 on materials and worlds always have nodes, and setting it warns."""
    if VERSION < (5, 0):
        data_block.use_nodes = True


def show_transparency(material: Any) -> None:
    """Before 4.2 EEVEE draws a material opaque, whatever its alpha, until told otherwise."""
    if VERSION < (4, 2):
        material.blend_method = "HASHED"


def set_displacement_method(material: Any, method: str) -> bool:
    """"BUMP", "DISPLACEMENT" or "BOTH"; before 4.1 it is a setting of Cycles alone. False where there is no such setting."""
    owner = material if VERSION >= (4, 1) else getattr(material, "cycles", None)
    if owner is None:
        return False
    owner.displacement_method = method
    return True


def action_curves(animation_data: Any) -> list[Any]:
    """The F-curves that animate the owner: of the whole action, or of its slot since 4.4."""
    action = animation_data.action
    if action is None:
        return []
    if VERSION < (4, 4):
        return list(action.fcurves)
    slot = animation_data.action_slot
    return [curve for layer in action.layers for strip in layer.strips for bag in strip.channelbags
            if slot is not None and bag.slot_handle == slot.handle for curve in bag.fcurves]


def animates_others(animation_data: Any) -> bool:
    """Whether what the owner's keys say holds for other data-blocks, too: those of its action, or of its slot since 4.4."""
    if VERSION >= (4, 4):
        return len(animation_data.action_slot.users()) > 1
    action = animation_data.action
    return action.users - action.use_fake_user > 1


def remove_curve(animation_data: Any, curve: Any) -> None:
    """One that action_curves has given."""
    action = animation_data.action
    if VERSION < (4, 4):
        action.fcurves.remove(curve)
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                if bag.slot_handle == animation_data.action_slot.handle and curve in list(bag.fcurves):
                    bag.fcurves.remove(curve)
                    return


def own_action(block: Any) -> None:
    """Gives a copy its own action in place of the one that it shares with the original."""
    animation = block.animation_data
    if animation is None or animation.action is None:
        return
    handle = animation.action_slot_handle if VERSION >= (4, 4) else None
    animation.action = animation.action.copy()
    if handle is not None:
        animation.action_slot_handle = handle


def system_properties(owner: Any) -> str:
    """The settings that add-ons keep with it, such as those of Cycles. Before 5.0 they are among its custom properties."""
    if VERSION < (5, 0):
        return ""
    properties = owner.bl_system_properties_get()
    if properties is None:
        return ""
    values = ((key, properties[key]) for key in properties.keys())
    return repr([(key, value.to_dict() if hasattr(value, "to_dict") else str(value)) for key, value in values])


def node_group_sockets(group: Any) -> list[tuple[Any, str]]:
    """(socket of the interface, its type) of a node group's inputs."""
    if VERSION >= (4, 0):
        return [(item, item.socket_type) for item in group.interface.items_tree
                if item.item_type == "SOCKET" and item.in_out == "INPUT"]
    return [(socket, socket.bl_socket_idname) for socket in group.inputs]


def node_group_inputs(group: Any) -> list[tuple[str, str, str]]:
    """(identifier, name, socket type) of a node group's inputs."""
    return [(socket.identifier, socket.name, kind) for socket, kind in node_group_sockets(group)]


def is_angle(socket: Any, kind: str) -> bool:
    """Of an interface; before 4.0 the subtype is a part of the socket's type."""
    return kind.endswith(("Angle", "Euler", "Rotation")) or getattr(socket, "subtype", "") in ("ANGLE", "EULER")


def strips(scene: Any) -> list[Any]:
    """Those of the sequencer; `sequences` became `strips` in 4.4."""
    editor = scene.sequence_editor
    return [] if editor is None else list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def has_denoiser() -> bool:
    """Some builds come without OpenImageDenoise; Cycles then refuses to render with denoising on."""
    import _cycles  # only builds with Cycles have it

    return bool(_cycles.with_openimagedenoise)


def modifier_input_struct(modifier: Any, identifier: str) -> Any:
    """Holds the `value` of a Geometry Nodes modifier's input; None where inputs are custom properties of the modifier."""
    return getattr(modifier.properties.inputs, identifier, None) if hasattr(modifier, "properties") else None


def modifier_input(modifier: Any, identifier: str) -> Any:
    """The value of a Geometry Nodes modifier's input; None for inputs without one (geometry)."""
    if hasattr(modifier, "properties"):
        return getattr(modifier_input_struct(modifier, identifier), "value", None)
    return modifier.get(identifier)


def modifier_inputs(modifier: Any) -> dict[str, Any]:
    """Values by identifier, of the inputs of a Geometry Nodes modifier; none of other modifiers."""
    group = modifier.node_group if modifier.type == "NODES" else None
    return {} if group is None else {identifier: modifier_input(modifier, identifier)
                                     for identifier, _, _ in node_group_inputs(group)}


def set_modifier_input(modifier: Any, identifier: str, value: Any) -> None:
    """The items of menus by name."""
    struct = modifier_input_struct(modifier, identifier)
    if struct is not None:
        struct.value = value
    else:
        modifier[identifier] = menu_items(modifier, identifier).get(value, value) if isinstance(value, str) else value


def menu_items(modifier: Any, identifier: str) -> dict[str, int]:
    """Of a menu input that is a custom property: there a menu is a number, and its names are for the user interface."""
    if not isinstance(modifier.get(identifier), int):
        return {}
    return {item[0]: item[-1] for item in modifier.id_properties_ui(identifier).as_dict().get("items", ())}


def operator_idnames() -> list[str]:
    """Of all registered operators, as MESH_OT_bevel. `bpy.ops` itself is slow to list."""
    import _bpy

    return list(_bpy.ops.dir())


def operator_rna(idname: str) -> Any:
    """Of a registered operator. What `bpy.ops` has may have been put there by somebody else."""
    import _bpy

    return _bpy.ops.get_rna_type(idname)


# Nodes that take something of the open file, or load something into it, as soon as they are made: its image for the
# viewer, its scene, its built-in font.
NODES_THAT_REACH_INTO_THE_FILE = {
    "CompositorNodeViewer", "CompositorNodeSplitViewer", "CompositorNodeSwitchView", "CompositorNodeRLayers",
    "CompositorNodeCryptomatte", "CompositorNodeCryptomatteV2", "CompositorNodeStringToImage",
    "GeometryNodeStringToCurves", "GeometryNodeInputFont",
}


# Reading their members ends Blender: what they show is set up by drawing them, or, before 5.0, never.
UNREADABLE_TYPES = ("Space",) if VERSION >= (5, 0) else ("Space", "UvSculpt")
# Without curves they have an offset too many.
UNREADABLE_MEMBERS = set() if VERSION >= (5, 0) else {("Curves", "curve_offset_data"),
                                                      ("GreasePencilDrawing", "curve_offsets")}


def stored_groups(owner: Any) -> Any:
    """The names of the property groups of add-ons that are stored with a struct."""
    if VERSION >= (5, 0) and hasattr(owner, "bl_system_properties_get"):
        stored = owner.bl_system_properties_get()
        return [] if stored is None else stored.keys()
    try:
        return owner.keys()
    except TypeError:  # a type without such properties
        return []
