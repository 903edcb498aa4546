"""Values of nodes: properties and input sockets in one namespace, colour ramps and curves as lists."""

from __future__ import annotations

from typing import Any

import bpy

from .changes import Changes
from .compat_nodes import factor_range, other_color_spaces
from .errors import OpError, invalid
from .images import load_image
from .lookup import nearest
from .node_lookup import is_usable, match_socket, socket_names
from .rna_values import color_value, enum_values, number_value, one_of, set_property, shown

# Of those that every node has; names and places have arguments of their own.
COMMON = {"mute", "hide", "width", "label", "use_custom_color"}
MAX_POINTS = 32  # of a colour ramp, as Blender has it, and of a curve


def set_values(node: Any, values: dict[str, Any], field: str, notes: list[str]) -> None:
    """Properties first: which sockets there are depends on them."""
    properties = [key for key in values if _property_owner(node, key) is not None]
    for key in properties:
        _set_node_property(node, key, values[key], f"{field}.{key}")
    for key in values:
        if key not in properties:
            _set_socket(node, key, values[key], f"{field}.{key}", notes)


def _property_owner(node: Any, key: str) -> tuple[Any, str] | None:
    """(struct, property) of a path such as "color_ramp.interpolation"; None when the node has no such property."""
    owner = node
    *structs, name = key.split(".")
    for struct in structs:
        prop = owner.bl_rna.properties.get(struct)
        if prop is None or prop.type != "POINTER":
            return None
        owner = getattr(owner, struct)
        if owner is None or isinstance(owner, bpy.types.ID):  # a thing of its own, which others use as well
            return None
    if name not in owner.bl_rna.properties:
        return None
    if owner == node and name in bpy.types.Node.bl_rna.properties and name not in COMMON:
        return None
    return owner, name


def _set_node_property(node: Any, key: str, value: Any, field: str) -> None:
    found = _property_owner(node, key)
    if found is None:  # another value of the same call has taken it away
        raise _unknown(node, key, field)
    owner, name = found
    current = getattr(owner, name)
    if isinstance(current, bpy.types.ColorRamp):
        _set_ramp(current, value, field)
    elif isinstance(current, bpy.types.CurveMapping):
        _set_curves(current, value, field)
    else:
        set_property(owner, name, value, field)
        if isinstance(value, str) and isinstance(getattr(owner, name), (bpy.types.ID, type(None))):
            _check_taken(node, getattr(owner, name), value, field)


def _check_taken(node: Any, block: Any, wanted: str, field: str) -> None:
    """Blender says nothing when it does not take a data-block."""
    if block is None or block.name != wanted:
        raise invalid(f"{field}: {node.name!r} does not take {wanted!r}: it is of another kind, or would contain itself.",
                      field)


def _set_socket(node: Any, key: str, value: Any, field: str, notes: list[str]) -> None:
    # Nodes such as Value and RGB hold their value in the output.
    socket = match_socket(node, node.inputs, key) or \
        (match_socket(node, node.outputs, key) if not any(is_usable(s) for s in node.inputs) else None)
    if socket is None:
        raise _unknown(node, key, field)
    if not is_usable(socket):
        raise invalid(f"{field}: {key!r} of {node.name!r} is not available with the node's settings.", field,
                      f"Available: {socket_names(node.inputs)}.")
    if "default_value" not in socket.bl_rna.properties:
        raise invalid(f"{field}: {key!r} of {node.name!r} takes no value, only links ({socket.bl_idname}).", field)
    set_socket_value(socket, value, field)
    if not socket.is_output and socket.is_linked:
        notes.append(f"{node.name}: {key} is linked, so its value has no effect.")


def set_socket_value(socket: Any, value: Any, field: str) -> None:
    prop = socket.bl_rna.properties["default_value"]
    if socket.bl_idname == "NodeSocketFloatFactor" and isinstance(value, (int, float)) and not isinstance(value, bool):
        limits = factor_range(socket)
        if limits is not None and not limits[0] <= value <= limits[1]:
            raise invalid(f"{field} is {value}; it must be between {limits[0]:g} and {limits[1]:g}.", field)
        socket.default_value = value
        return
    set_property(socket, "default_value", value, field)
    if prop.type == "POINTER" and value is not None:
        _check_taken(socket.node, socket.default_value, value, field)


def _unknown(node: Any, key: str, field: str) -> OpError:
    properties = settable(node)
    inputs = [socket.name for socket in node.inputs if is_usable(socket)]
    similar = nearest(key, [*inputs, *properties])
    message = f"{node.name!r} ({node.bl_idname}) has no input or property {key!r}. Inputs: {socket_names(node.inputs)}."
    if properties:
        message += f" Properties: {shown(properties)}."
    return OpError("not_found", message, field=field, details={"name": key, "nearest": similar},
                   remedy=f"Nearest: {', '.join(similar)}." if similar else None)


def settable(node: Any) -> list[str]:
    """The properties of its type."""
    common = bpy.types.Node.bl_rna.properties
    return [prop.identifier for prop in node.bl_rna.properties
            if prop.identifier not in common and not prop.is_hidden and not (prop.is_readonly and prop.type != "POINTER")
            and prop.type != "COLLECTION"]


# Colour ramps and curves

def _points(value: Any, least: int, field: str, example: str) -> list[Any]:
    if not isinstance(value, list) or not least <= len(value) <= MAX_POINTS:
        raise invalid(f"{field} must be a list of {least} to {MAX_POINTS}, such as {example}.", field)
    return value


def _set_ramp(ramp: Any, value: Any, field: str) -> None:
    example = '[{"position": 0, "color": [0, 0, 0]}, {"position": 1, "color": "#ffffff"}]'
    stops = []
    position_of = bpy.types.ColorRampElement.bl_rna.properties["position"]
    for index, stop in enumerate(_points(value, 1, field, example)):
        where = f"{field}[{index}]"
        if not isinstance(stop, dict) or stop.keys() != {"position", "color"}:
            raise invalid(f"{where} must have position and color, such as in {example}.", where)
        stops.append((number_value(stop["position"], position_of, f"{where}.position"),
                      color_value(stop["color"], 4, f"{where}.color")))
    stops.sort(key=lambda stop: stop[0])
    elements = ramp.elements
    while len(elements) > 1:
        elements.remove(elements[-1])
    elements[0].position, elements[0].color = stops[0]
    for position, rgba in stops[1:]:
        elements.new(position).color = rgba


def _set_curves(mapping: Any, value: Any, field: str) -> None:
    curves = mapping.curves
    if not isinstance(value, list) or len(value) != len(curves):
        raise invalid(f"{field} must be a list of {len(curves)} curves, each a list of points such as [[0, 0], [1, 1]].",
                      field)
    coordinate = bpy.types.CurveMapPoint.bl_rna.properties["location"]
    for index, (curve, points) in enumerate(zip(curves, value)):
        where = f"{field}[{index}]"
        checked = []
        for number, point in enumerate(_points(points, 2, where, "[[0, 0], [1, 1]]")):
            if not isinstance(point, list) or len(point) != 2:
                raise invalid(f"{where}[{number}] must be [x, y].", f"{where}[{number}]")
            checked.append([number_value(part, coordinate, f"{where}[{number}]") for part in point])
        while len(curve.points) > 2:
            curve.points.remove(curve.points[1])
        for point, place in zip(curve.points, (checked[0], checked[-1])):
            point.location = place
        for place in checked[1:-1]:
            curve.points.new(*place)
    mapping.update()


# Images

def set_image(node: Any, path: str | None, color_space: str | None, field: str, changes: Changes) -> None:
    """Loads it into the node; a colour space can also be set of the image that is there."""
    socket = match_socket(node, node.inputs, "Image")
    in_socket = "image" not in node.bl_rna.properties and socket is not None and socket.bl_idname == "NodeSocketImage"
    if "image" not in node.bl_rna.properties and not in_socket:
        raise invalid(f"{node.name!r} ({node.bl_idname}) holds no image.", f"{field}.{'image' if path else 'colorspace'}",
                      "Image nodes are ShaderNodeTexImage, ShaderNodeTexEnvironment, GeometryNodeImageTexture and "
                      "CompositorNodeImage.")
    if path is not None:
        image = load_image(path, f"{field}.image", changes)
        if in_socket:
            socket.default_value = image
        else:
            node.image = image
    image = socket.default_value if in_socket else node.image
    if color_space is None:
        return
    if image is None:
        raise invalid(f"{node.name!r} has no image whose colour space could be set.", f"{field}.colorspace")
    settings = image.colorspace_settings
    spaces = enum_values(settings, "name")
    known = next((name for name in (color_space, *other_color_spaces(color_space)) if name in spaces), color_space)
    settings.name = one_of(known, spaces, f"{field}.colorspace")
    changes.change(f"image:{image.name}", ["colorspace"])
