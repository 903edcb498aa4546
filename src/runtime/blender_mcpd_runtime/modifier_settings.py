"""The settings of a modifier: set from JSON with checks, and described where they are not as Blender makes them."""

from __future__ import annotations

from typing import Any

import bpy

from . import compat
from .encoding import to_plain
from .errors import invalid
from .lookup import not_found
from .rna_values import color_value, data_blocks, enum_values, one_of, set_property, shown
from .values import degrees, number, numbers, radians

# Not settings: identity, and what the user interface keeps for itself.
_SKIPPED = {"rna_type", "name", "type", "is_active", "is_override_data", "show_expanded", "persistent_uid", "execution_time",
            "use_pin_to_last"}
# Making one makes other data, too.
_WITH_OTHER_DATA = {"PARTICLE_SYSTEM", "FLUID", "DYNAMIC_PAINT"}
MAX_ARRAY = 16

# Types of data-blocks by the type of the node socket that holds one.
_SOCKET_BLOCKS = {"NodeSocketObject": "Object", "NodeSocketCollection": "Collection", "NodeSocketMaterial": "Material",
                  "NodeSocketImage": "Image", "NodeSocketTexture": "Texture"}


def set_properties(modifier: Any, properties: dict[str, Any], field: str) -> None:
    """In the order given, but the node group, which has the inputs, first."""
    for name in sorted(properties, key=lambda name: name != "node_group"):
        _set(modifier, name, properties[name], f"{field}.{name}")
    if modifier.type == "HOOK" and "object" in properties and "matrix_inverse" not in properties:
        _hook_where_it_is(modifier)
    modifier.id_data.update_tag()  # not every setter does it


def _set(modifier: Any, name: str, value: Any, field: str) -> None:
    if modifier.type == "HOOK" and name == "vertex_indices":
        _hook_vertices(modifier, value, field)
        return
    owner, identifier = _place(modifier, name)
    if identifier in _settable(owner):
        _set_rna(owner, identifier, value, field)
        return
    for socket, kind in _inputs(modifier):
        if socket.identifier == name or socket.name == name:
            _set_input(modifier, _the_input(modifier, name, field), value, field)
            return
    raise _unknown(modifier, owner, name, identifier, field)


def _place(modifier: Any, name: str) -> tuple[Any, str]:
    """Where the property is: "settings.mass" is one of a part of a cloth modifier."""
    owner = modifier
    *parts, identifier = name.split(".")
    for part in parts:
        inside = getattr(owner, part, None) if part in owner.bl_rna.properties else None
        if not isinstance(inside, bpy.types.bpy_struct) or isinstance(inside, bpy.types.ID):
            return modifier, name
        owner = inside
    return owner, identifier


def _settable(owner: Any) -> list[str]:
    return [prop.identifier for prop in owner.bl_rna.properties
            if prop.type != "COLLECTION" and not prop.is_readonly and not prop.is_hidden
            and prop.identifier not in ("rna_type", "is_active", "use_pin_to_last")]


def _unknown(modifier: Any, owner: Any, name: str, identifier: str, field: str) -> Exception:
    names = _settable(owner) if owner is not modifier else [*_settable(modifier), *(socket.name for socket, _ in _inputs(modifier))]
    prefix = name[:len(name) - len(identifier)]
    error = not_found(f"property of a {modifier.type} modifier named", name, [prefix + one for one in names], field)
    parts = [prop.identifier for prop in modifier.bl_rna.properties if prop.type == "POINTER" and prop.is_readonly
             and prop.identifier != "rna_type"]
    error.remedy = f"It has {shown(prefix + one for one in names)}."
    if parts and owner is modifier:
        error.remedy += f" Parts of it are set as \"{parts[0]}.…\": {shown(parts)}."
    return error


def _set_rna(owner: Any, identifier: str, value: Any, field: str) -> None:
    prop = owner.bl_rna.properties[identifier]
    try:
        set_property(owner, identifier, value, field)
    except (TypeError, RuntimeError) as exc:  # what Blender itself refuses: itself as its object, say
        raise invalid(f"{field} cannot be {value!r}: {str(exc).rpartition('item.attr = val: ')[2]}.", field) from exc
    taken = getattr(owner, identifier)
    if prop.type == "POINTER" and value is not None and (taken is None or taken.name != value):
        raise invalid(f"{field} cannot be {value!r}: Blender takes no {prop.fixed_type.name.lower()} of this kind here.", field,
                      "Many modifiers need a mesh object, some a curve, a lattice or an armature.")
    if prop.type == "STRING" and taken != value:  # Blender drops names of what is not there
        if "vertex_group" in identifier:
            raise not_found("vertex group", value, owner.id_data.vertex_groups.keys(), field)
        raise invalid(f"{field} cannot be {value!r}: {owner.id_data.name!r} has nothing of that name.", field)


# Hooks


def _hook_vertices(modifier: Any, value: Any, field: str) -> None:
    count = len(modifier.id_data.data.vertices) if modifier.id_data.type == "MESH" else 0
    if not isinstance(value, list) or not all(type(index) is int and 0 <= index < count for index in value):
        raise invalid(f"{field} must be a list of vertices, from 0 to {count - 1}." if count else
                      f"{field} can be given for meshes only.", field)
    modifier.vertex_indices_set(value)


def _hook_where_it_is(modifier: Any) -> None:
    """As Blender's own operator does, so that nothing moves until the hook does."""
    if modifier.object is not None:
        bpy.context.view_layer.update()
        modifier.matrix_inverse = modifier.object.matrix_world.inverted_safe() @ modifier.id_data.matrix_world


# Inputs of node groups


def _inputs(modifier: Any) -> list[tuple[Any, str]]:
    group = modifier.node_group if modifier.type == "NODES" else None
    return [] if group is None else [(socket, kind) for socket, kind in compat.node_group_sockets(group)
                                     if not kind.startswith("NodeSocketGeometry")]


def _the_input(modifier: Any, name: str, field: str) -> tuple[Any, str]:
    inputs = _inputs(modifier)
    found = [one for one in inputs if one[0].identifier == name] or [one for one in inputs if one[0].name == name]
    if len(found) > 1:
        raise invalid(f"The node group has {len(found)} inputs named {name!r}.", field,
                      f"Use one of their identifiers: {', '.join(socket.identifier for socket, _ in found)}.")
    return found[0]


def _set_input(modifier: Any, found: tuple[Any, str], value: Any, field: str) -> None:
    socket, kind = found
    checked = _input_value(modifier, socket, kind, value, field)
    try:
        compat.set_modifier_input(modifier, socket.identifier, checked)
    except (TypeError, KeyError, AttributeError) as exc:
        raise invalid(f"{field} cannot be set: {exc}.", field) from exc


def _input_value(modifier: Any, socket: Any, kind: str, value: Any, field: str) -> Any:
    block = next((name for prefix, name in _SOCKET_BLOCKS.items() if kind.startswith(prefix)), None)
    if block is not None:
        return _data_block(block, value, field)
    if kind.startswith("NodeSocketMenu"):
        return one_of(value, _menu_values(modifier, socket.identifier), field)
    if kind.startswith("NodeSocketColor"):
        return color_value(value, 4, field)
    if kind.startswith("NodeSocketBool"):
        return _of_type(bool, value, field, "true or false")
    if kind.startswith("NodeSocketString"):
        return _of_type(str, value, field, "text")
    if kind.startswith("NodeSocketInt"):
        return int(_in_range(socket, _of_type(int, value, field, "a whole number"), field))
    angle = compat.is_angle(socket, kind)
    if kind.startswith("NodeSocketFloat"):
        return float(_number(socket, angle, value, field))
    if kind.startswith(("NodeSocketVector", "NodeSocketRotation")):
        length = len(socket.default_value)
        if not isinstance(value, list) or len(value) != length:
            raise invalid(f"{field} is {value!r}; it must be a list of {length} numbers.", field)
        return [float(_number(socket, angle, part, f"{field}[{index}]")) for index, part in enumerate(value)]
    raise invalid(f"{field} is a {kind}, which has no value that can be set.", field)


def _menu_values(modifier: Any, identifier: str) -> list[str]:
    struct = compat.modifier_input_struct(modifier, identifier)
    return list(compat.menu_items(modifier, identifier)) if struct is None else enum_values(struct, "value")


def _menu_name(modifier: Any, identifier: str, number: Any) -> str | None:
    return next((name for name, item in compat.menu_items(modifier, identifier).items() if item == number), None)


def _of_type(wanted: type, value: Any, field: str, words: str) -> Any:
    if type(value) is not wanted:
        raise invalid(f"{field} is {value!r}; it must be {words}.", field)
    return value


def _number(socket: Any, angle: bool, value: Any, field: str) -> float:
    if type(value) not in (int, float):
        raise invalid(f"{field} is {value!r}; it must be a number{' of degrees' if angle else ''}.", field)
    return radians([value])[0] if angle else _in_range(socket, value, field)


def _in_range(socket: Any, value: float, field: str) -> float:
    low, high = getattr(socket, "min_value", value), getattr(socket, "max_value", value)
    if not low <= value <= high:
        raise invalid(f"{field} is {value:g}; the node group allows {low:g} to {high:g}.", field)
    return value


def _data_block(kind: str, value: Any, field: str) -> Any:
    if value is None:
        return None
    blocks = data_blocks(getattr(bpy.types, kind).bl_rna)
    found = blocks.get(value) if isinstance(value, str) else None
    if found is None:
        raise not_found(kind.lower(), str(value), blocks.keys(), field)
    return found


# As they are


def describe(modifier: Any) -> dict[str, Any]:
    """{name, type, settings: those that are not as Blender makes them, inputs: of the node group}."""
    described = {"name": modifier.name, "type": modifier.type, "settings": _not_default(modifier)}
    inputs = {}
    for socket, kind in _inputs(modifier):
        inputs[socket.name if socket.name not in inputs else socket.identifier] = _told_input(modifier, socket, kind)
    if inputs:
        described["inputs"] = inputs
    return described


def _told_input(modifier: Any, socket: Any, kind: str) -> Any:
    value = compat.modifier_input(modifier, socket.identifier)
    if isinstance(value, bpy.types.ID):
        return value.name
    if kind.startswith("NodeSocketMenu"):
        return value if isinstance(value, str) else _menu_name(modifier, socket.identifier, value)
    if kind.startswith("NodeSocketBool"):
        return bool(value)
    if compat.is_angle(socket, kind):
        return degrees(value) if hasattr(value, "__len__") else degrees([value])[0]
    plain = to_plain(value)
    if isinstance(plain, list):
        return numbers(plain)
    return number(plain) if isinstance(plain, float) else plain


def _not_default(modifier: Any) -> dict[str, Any]:
    current = _settings(modifier)
    if modifier.type in _WITH_OTHER_DATA:
        return {}
    fresh = _fresh(modifier)
    return {name: value for name, value in current.items() if name not in fresh or fresh[name] != value}


def _fresh(modifier: Any) -> dict[str, Any]:
    """As a new one is: RNA does not know it of all properties."""
    other = modifier.id_data.copy()
    try:
        other.modifiers.clear()  # of some types an object can have one
        made = other.modifiers.new(modifier.name, modifier.type)
        return {} if made is None else _settings(made)
    finally:
        bpy.data.objects.remove(other)


def _settings(modifier: Any) -> dict[str, Any]:
    """Also those of its parts, as "settings.mass"."""
    found: dict[str, Any] = {}
    _collect(modifier, "", found)
    return found


def _collect(struct: Any, prefix: str, found: dict[str, Any]) -> None:
    for prop in struct.bl_rna.properties:
        name = prop.identifier
        if prop.is_hidden or (not prefix and name in _SKIPPED) or name == "rna_type" or prop.type == "COLLECTION":
            continue
        if not prefix and name.startswith(("show_group_selector", "show_manage_panel", "open_", "bake_", "panels", "properties")):
            continue
        value = getattr(struct, name)
        if prop.type == "POINTER" and prop.is_readonly:
            if not prefix and value is not None and not isinstance(value, bpy.types.ID):
                _collect(value, f"{name}.", found)
        elif not prop.is_readonly:
            told = _told(prop, value)
            if told is not ...:
                found[prefix + name] = told


def _told(prop: Any, value: Any) -> Any:
    if prop.type == "POINTER":
        return None if value is None else value.name if isinstance(value, bpy.types.ID) else ...
    if prop.type == "ENUM":
        return sorted(value) if prop.is_enum_flag else value
    if getattr(prop, "is_array", False):
        if prop.array_length > MAX_ARRAY:
            return ...
        flat = [part for row in value for part in row] if hasattr(value[0], "__len__") else list(value)
        return degrees(flat) if _is_angle(prop) else numbers(flat) if prop.type == "FLOAT" else flat
    if prop.type == "FLOAT":
        return degrees([value])[0] if _is_angle(prop) else number(value)
    return value


def _is_angle(prop: Any) -> bool:
    return prop.type == "FLOAT" and prop.unit == "ROTATION"
