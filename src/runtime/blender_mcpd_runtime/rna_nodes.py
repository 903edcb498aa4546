"""Node types: in which trees they live, and their sockets."""

from __future__ import annotations

import math
from typing import Any

import bpy

from . import compat
from .context import Context
from .temporary_data import temporary_data
from .values import number

_TREES = {"Shader": ("ShaderNodeTree",), "Compositor": ("CompositorNodeTree",), "Geometry": ("GeometryNodeTree",),
          "Function": ("GeometryNodeTree",), "Texture": ("TextureNodeTree",),
          "Node": ("GeometryNodeTree", "ShaderNodeTree", "CompositorNodeTree", "TextureNodeTree")}

# Where sockets were found once, they are the same for the whole session.
_known: dict[str, dict[str, Any]] = {}


_ABSTRACT = {"Node", "NodeInternal", "NodeCustomGroup", "NodeGroup", "ShaderNode", "CompositorNode", "GeometryNode",
             "FunctionNode", "TextureNode", "ShaderNodeCustomGroup", "CompositorNodeCustomGroup",
             "GeometryNodeCustomGroup"}


def is_node_type(cls: Any) -> bool:
    """One that can be put into a tree, not a base of such."""
    return issubclass(cls, bpy.types.Node) and cls.bl_rna.identifier not in _ABSTRACT


def tree_types(identifier: str) -> tuple[str, ...]:
    """The built-in trees to try; none for a type that an add-on has brought."""
    return next((trees for prefix, trees in _TREES.items() if identifier.startswith(prefix)), ())


def sockets(identifier: str, context: Context) -> dict[str, Any]:
    """{inputs, outputs} of a new node, or {sockets_unknown: why}.

    Blender has no list of them: a node makes its own when it is made. So one is made in a tree of its own, beside the
    open file.
    """
    if identifier in _known:
        return _known[identifier]
    if not _is_builtin(identifier):
        return {"sockets_unknown": "The type is an add-on's. See inspect_data of a node of it."}
    if identifier in compat.NODES_THAT_REACH_INTO_THE_FILE:
        return {"sockets_unknown": "Making such a node changes the open file. See inspect_data of a node of it."}
    found = None
    context.hold_interrupts()
    try:
        for tree in tree_types(identifier):
            found = _made(identifier, tree)
            if found is not None:
                break
    finally:
        context.allow_interrupts()
    if found is None:
        return {"sockets_unknown": "Such a node is made in a scene's tree only. See inspect_data of a node of it."}
    _known[identifier] = found
    return found


def _is_builtin(identifier: str) -> bool:
    return getattr(bpy.types, identifier).__module__ == "bpy.types" and bool(tree_types(identifier))


def _made(identifier: str, tree_type: str) -> dict[str, Any] | None:
    with temporary_data() as data:
        tree = data.node_groups.new("lookup", tree_type)
        try:
            node = tree.nodes.new(identifier)
            return {"inputs": [_describe(socket) for socket in node.inputs],
                    "outputs": [_describe(socket) for socket in node.outputs]}
        except RuntimeError:
            return None
        finally:
            # And with it goes what Blender has queued to tell its windows of the tree.
            data.node_groups.remove(tree)


def _describe(socket: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"name": socket.name}
    if socket.identifier != socket.name:
        about["identifier"] = socket.identifier
    about["type"] = socket.bl_idname
    prop = socket.bl_rna.properties.get("default_value")
    if not socket.is_output and prop is not None and not socket.hide_value:
        about["default"] = plain_value(socket.default_value)
        for name in ("min", "max"):
            limit = getattr(prop, f"soft_{name}", None)
            if prop.subtype == "FACTOR" and limit is not None:
                about[name] = limit
    if not socket.enabled:
        about["enabled"] = False
    return about


def plain_value(value: Any) -> Any:
    """A socket's value: nothing of Blender's may outlive it."""
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, bpy.types.ID):
        return value.name
    try:
        return [plain_value(part) for part in value]
    except TypeError:
        return None
