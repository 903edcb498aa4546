"""Nodes, their types and sockets by name: whatever the language of the interface, and by the names of other versions."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

import bpy

from .compat_nodes import adapt_node, other_labels, other_sockets, other_types
from .errors import OpError, invalid
from .lookup import nearest
from .rna_values import shown

# Which types come into question for a label, the first ones first.
_PREFIXES = {
    "ShaderNodeTree": ("ShaderNode", "Node"),
    "GeometryNodeTree": ("GeometryNode", "FunctionNode", "ShaderNode", "Node"),
    "CompositorNodeTree": ("CompositorNode", "ShaderNode", "FunctionNode", "Node"),
}


def type_label(cls: Any) -> str:
    """In English."""
    return cls.bl_rna.name


def translated(label: str) -> str:
    """In the language of the interface."""
    return bpy.app.translations.pgettext_iface(label)


def _types_for(tree: Any) -> dict[str, Any]:
    """The node types that may be in such a tree, by idname."""
    prefixes = _PREFIXES.get(tree.bl_idname, ("",))
    names = dir(bpy.types)
    found: dict[str, Any] = {}
    for prefix in prefixes:
        for name in names:
            if name.startswith(prefix) and name not in found:
                cls = getattr(bpy.types, name, None)
                if isinstance(cls, type) and issubclass(cls, bpy.types.Node):
                    found[name] = cls
    return found


def new_node(tree: Any, wanted: str, field: str) -> Any:
    """A new node of a type given by idname or label."""
    for idname in _candidates(tree, wanted):
        try:
            node = tree.nodes.new(idname)
        except RuntimeError:  # no such type, or not in such a tree
            continue
        adapt_node(node, wanted)
        return node
    types = _types_for(tree)
    names = [*types, *{type_label(cls) for cls in types.values()}]
    if wanted in names or hasattr(bpy.types, wanted):
        raise invalid(f"{field}: a {wanted} cannot be in this tree, which is a {tree.bl_idname}.", field)
    similar = nearest(wanted, names, 5)
    raise OpError("not_found", f"This Blender has no node type {wanted!r} for a {tree.bl_idname}."
                  + (f" Nearest: {', '.join(map(repr, similar))}." if similar else ""), field=field,
                  details={"name": wanted, "nearest": similar},
                  remedy='Give the idname ("ShaderNodeTexNoise") or the English label ("Noise Texture").')


def _candidates(tree: Any, wanted: str) -> Iterator[str]:
    """idnames to try, best first."""
    if hasattr(bpy.types, wanted):
        yield wanted
    yield from other_types(wanted)
    types = _types_for(tree)
    for label in (wanted, *other_labels(wanted)):
        yield from (name for name, cls in types.items() if _is_called(cls, label))


def _is_called(cls: Any, label: str) -> bool:
    english = type_label(cls)
    return label.casefold() in (english.casefold(), translated(english).casefold())


def find_node(tree: Any, name: str, given: dict[str, Any], field: str) -> Any:
    """By the name given in this call, its name, its type, or its label. `given` are nodes by the names that were asked for."""
    node = given.get(name) or tree.nodes.get(name)
    if node is not None:
        return node
    for matches in _matching(tree, name):
        if len(matches) == 1:
            return matches[0]
        active = [node for node in matches if getattr(node, "is_active_output", False)]
        if len(active) == 1:
            return active[0]
        if matches:
            raise invalid(f"{field} is {name!r}, which fits {len(matches)} nodes: {shown(n.name for n in matches)}.", field,
                          "Use the name of one.")
    names = [node.name for node in tree.nodes]
    similar = nearest(name, [*names, *(node.bl_idname for node in tree.nodes)])
    raise OpError("not_found", f"There is no node {name!r}."
                  + (f" Nearest: {', '.join(map(repr, similar))}." if similar else "")
                  + f" The nodes are {shown(map(repr, names)) or 'none'}.", field=field,
                  details={"name": name, "nearest": similar}, remedy="Use a node's name, its type (idname) or its label.")


def _matching(tree: Any, name: str) -> Iterator[list[Any]]:
    """Nodes that the name can mean, the surest way first."""
    nodes = list(tree.nodes)
    yield [node for node in nodes if node.bl_idname == name]
    # By the name of another version only where this one cannot be meant.
    if other_types(name) and (not hasattr(bpy.types, name) or tree.bl_idname == "CompositorNodeTree"):
        yield [node for node in nodes if node.bl_idname in other_types(name)]
    wanted = name.casefold()
    yield [node for node in nodes if node.label.casefold() == wanted]
    for label in (name, *other_labels(name)):
        yield [node for node in nodes if _is_called(type(node), label)]
    yield [node for node in nodes if node.type.casefold() == wanted]


def socket_key(socket: Any, sockets: Iterable[Any]) -> str:
    """What it is called here: its name, or the identifier where others have that name."""
    same = [other for other in sockets if other.name == socket.name and other.enabled]
    return socket.name if len(same) <= 1 and socket.name else socket.identifier


def is_usable(socket: Any) -> bool:
    return socket.enabled and socket.bl_idname != "NodeSocketVirtual"


def match_socket(node: Any, sockets: Iterable[Any], key: str | int) -> Any | None:
    """By name, identifier or index; those that the node's settings make available come first."""
    sockets = list(sockets)
    if isinstance(key, int):
        return sockets[key] if key < len(sockets) else None
    for name in (key, *other_sockets(node.bl_idname, key)):
        for usable in (True, False):
            there = [socket for socket in sockets if is_usable(socket) == usable]
            for fits in (lambda s: s.name == name, lambda s: s.identifier == name,
                         lambda s: s.name.casefold() == name.casefold()):
                found = next((socket for socket in there if fits(socket)), None)
                if found is not None:
                    return found
    return match_socket(node, sockets, int(key)) if key.isdecimal() else None


def find_socket(node: Any, direction: str, key: str | int, field: str) -> Any:
    """`direction` is "input" or "output"."""
    sockets = list(node.inputs if direction == "input" else node.outputs)
    socket = match_socket(node, sockets, key)
    if socket is None:
        raise _no_socket(node, direction, key, sockets, field)
    if not is_usable(socket):
        raise invalid(f"{direction.capitalize()} {key!r} of {node.name!r} is not available with the node's settings.", field,
                      f"Available: {socket_names(sockets)}.")
    return socket


def socket_names(sockets: Iterable[Any]) -> str:
    sockets = list(sockets)
    return shown(repr(socket_key(socket, sockets)) for socket in sockets if is_usable(socket)) or "none"


def _no_socket(node: Any, direction: str, key: str | int, sockets: list[Any], field: str) -> OpError:
    other = "output" if direction == "input" else "input"
    message = f"{node.name!r} ({node.bl_idname}) has no {direction} {key!r}; it has {socket_names(sockets)}."
    if isinstance(key, str) and match_socket(node, node.outputs if direction == "input" else node.inputs, key):
        message += f" There is an {other} of that name."
    similar = nearest(str(key), [socket.name for socket in sockets if is_usable(socket)])
    return OpError("not_found", message, field=field, details={"name": key, "nearest": similar},
                   remedy=f"Nearest: {', '.join(similar)}." if similar else "Use a name, identifier or index.")


def linked_node(socket: Any, node_type: str) -> Any | None:
    """The node of that type that drives the input."""
    return next((link.from_node for link in socket.links if link.from_node.type == node_type), None)
