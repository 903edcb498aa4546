"""A node tree as JSON: its nodes with what differs from a new node of the type, and its links; bounded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import bpy

from . import rna
from .compat_nodes import interface_socket_type, interface_sockets
from .encoding import to_plain
from .node_lookup import is_usable, socket_key
from .node_trees import Target
from .values import number, numbers

MAX_NODES = 100
MAX_LINKS = 300
MAX_SOCKETS = 100  # of the interface, in each direction
MAX_TEXT = 500

_UNKNOWN = object()


@dataclass
class _NewNode:
    inputs: dict[str, Any]  # by identifier, also of those that other settings would make available
    properties: dict[str, Any]


# By the type of the tree and of the node.
_new_nodes: dict[tuple[str, str], _NewNode] = {}


def describe_tree(kind: str, target: Target, touched: list[Any]) -> dict[str, Any]:
    """Nodes that the call has made or set, and their links, come first: they are seen however large the tree is."""
    tree, first = target.tree, set(touched)
    nodes = touched + [node for node in tree.nodes if node not in first]
    links = sorted(tree.links, key=lambda link: not {link.from_node, link.to_node} & first)
    described: dict[str, Any] = {"kind": kind, **target.about, "type": tree.bl_idname,
                                 "nodes": [_describe_node(tree, node) for node in nodes[:MAX_NODES]],
                                 "links": [_describe_link(link) for link in links[:MAX_LINKS]]}
    if target.is_group:
        described["interface"] = {f"{direction}s": [_describe_item(item) for item in
                                                   interface_sockets(tree, direction)[:MAX_SOCKETS]]
                                  for direction in ("input", "output")}
    left = {"nodes": len(nodes) - MAX_NODES, "links": len(links) - MAX_LINKS}
    left = {what: count for what, count in left.items() if count > 0}
    if left:
        described["left_out"] = left
    return described


def _describe_node(tree: Any, node: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"name": node.name, "type": node.bl_idname, "location": numbers(node.location)}
    if node.label:
        described["label"] = node.label
    if node.mute:
        described["mute"] = True
    new = _new_node(tree, node.bl_idname)
    sockets = _value_sockets(node)
    inputs = {socket_key(socket, sockets): value for socket, value in
              ((socket, _value(socket, "default_value")) for socket in sockets if is_usable(socket)
               and (socket.is_output or not socket.is_linked)) if new.inputs.get(socket.identifier, _UNKNOWN) != value}
    properties = {name: value for name, value in _properties(node).items() if new.properties.get(name, _UNKNOWN) != value}
    for relation in ("parent", "paired_output"):
        other = getattr(node, relation, None)
        if other is not None:
            properties[relation] = other.name
    if inputs:
        described["inputs"] = inputs
    if properties:
        described["properties"] = properties
    return described


def _value_sockets(node: Any) -> list[Any]:
    """Value and RGB hold theirs in the output."""
    return [socket for socket in node.inputs or node.outputs if "default_value" in socket.bl_rna.properties]


def _properties(node: Any) -> dict[str, Any]:
    described = {name: _cut(value) if isinstance(value, str) else value
                 for name, value in rna.settings(node, bpy.types.Node).items()}
    for name in described:
        prop = node.bl_rna.properties[name]
        if prop.type == "FLOAT" and prop.unit == "ROTATION":
            described[name] = _value(node, name)
    for prop in node.bl_rna.properties:
        struct = getattr(node, prop.identifier) if prop.type == "POINTER" else None
        if isinstance(struct, bpy.types.ColorRamp):
            described[prop.identifier] = [{"position": number(stop.position), "color": numbers(stop.color)}
                                          for stop in struct.elements]
            described[f"{prop.identifier}.interpolation"] = struct.interpolation
        elif isinstance(struct, bpy.types.CurveMapping):
            struct.initialize()
            described[prop.identifier] = [[numbers(point.location) for point in curve.points] for curve in struct.curves]
    return described


def _value(owner: Any, identifier: str) -> Any:
    value, prop = getattr(owner, identifier), owner.bl_rna.properties[identifier]
    if prop.type == "POINTER":
        return value.name if value else None
    if prop.type == "STRING":
        return _cut(value)
    if prop.type != "FLOAT":
        return to_plain(value)
    turn = math.degrees if prop.unit == "ROTATION" else float
    return [number(turn(part)) for part in value] if hasattr(value, "__len__") else number(turn(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def _new_node(tree: Any, idname: str) -> _NewNode:
    key = (tree.bl_idname, idname)
    if key not in _new_nodes:
        group = bpy.data.node_groups.new("New Nodes", tree.bl_idname)
        try:
            node = group.nodes.new(idname)
            _new_nodes[key] = _NewNode({socket.identifier: _value(socket, "default_value")
                                        for socket in _value_sockets(node)}, _properties(node))
        except RuntimeError:  # some are not for groups
            _new_nodes[key] = _NewNode({}, {})
        finally:
            bpy.data.node_groups.remove(group)
    return _new_nodes[key]


def _describe_link(link: Any) -> list[str]:
    source, target = link.from_node, link.to_node
    described = [source.name, socket_key(link.from_socket, source.outputs), target.name,
                 socket_key(link.to_socket, target.inputs)]
    return described if link.is_valid else [*described, "invalid"]


def _describe_item(item: Any) -> dict[str, Any]:
    described = {"name": item.name, "type": interface_socket_type(item), "identifier": item.identifier}
    if "default_value" in item.bl_rna.properties:
        described["default"] = _value(item, "default_value")
    return described
