"""Which node tree a call is about: found, or made where there is none."""

from __future__ import annotations

from dataclasses import dataclass, field as member
from typing import Any

import bpy

from . import compat
from .changes import Changes
from .compat_nodes import add_interface_socket, compositor_tree, make_compositor_tree, mark_as_modifier
from .errors import OpError, invalid
from .lookup import local, not_found, object_named

# Where Blender takes a modifier of nodes.
GEOMETRY_TYPES = {"MESH", "CURVE", "SURFACE", "FONT", "VOLUME", "CURVES", "POINTCLOUD", "GREASEPENCIL"}
GEOMETRY_GROUP = "Geometry Nodes"
# The members that each kind of tree has a use for, besides kind.
MEMBERS = {"material": {"name"}, "world": {"name"}, "geometry": {"name", "object", "modifier"}, "compositor": set(),
           "group": {"name"}}


@dataclass
class Target:
    tree: Any
    block: str  # as changes name its owner: "material:Steel"
    about: dict[str, Any] = member(default_factory=dict)  # for the answer
    is_group: bool = False


def check_tree(spec: dict[str, Any]) -> None:
    kind = spec["kind"]
    for name in spec:
        if name != "kind" and name not in MEMBERS[kind]:
            raise invalid(f"tree.{name} does not apply to kind {kind!r}.", f"tree.{name}", "Leave it out.")
    if kind in ("material", "group") and "name" not in spec:
        raise invalid(f"tree.name is missing; kind {kind!r} needs it.", "tree.name")
    if kind == "geometry" and "name" not in spec and "object" not in spec:
        raise invalid("tree does not say of which group or object.", "tree", "Give name (of a node group) or object.")
    if "modifier" in spec and "object" not in spec:
        raise invalid("tree.modifier is one of an object.", "tree.object", "Give object, too.")
    for block in _blocks(spec):
        if block is not None and block.library is not None:
            raise invalid(f"{block.name!r} is linked from another file and cannot be edited here.", "tree.name")
    if "object" in spec:
        _check_object(spec)
    group = _named_group(spec)
    if kind == "geometry" and group is not None and group.bl_idname != "GeometryNodeTree":
        raise invalid(f"The node group {group.name!r} is a {group.bl_idname}, not one of geometry nodes.", "tree.name",
                      'Use kind "group", or another name to make a new one.')


def _blocks(spec: dict[str, Any]) -> list[Any]:
    kind = spec["kind"]
    if kind == "material":
        return [local(bpy.data.materials, spec["name"])]
    if kind == "world":
        return [_world(spec)]
    if kind == "compositor":
        return [bpy.context.scene]
    return [_named_group(spec)]


def _named_group(spec: dict[str, Any]) -> Any | None:
    return local(bpy.data.node_groups, spec["name"]) if spec["kind"] in ("geometry", "group") and "name" in spec else None


def _world(spec: dict[str, Any]) -> Any | None:
    return local(bpy.data.worlds, spec["name"]) if "name" in spec else bpy.context.scene.world


def _check_object(spec: dict[str, Any]) -> None:
    obj = object_named(spec["object"], "tree.object")
    if obj.type not in GEOMETRY_TYPES:
        raise invalid(f"{obj.name!r} is a {obj.type} object, which has no geometry nodes.", "tree.object")
    if obj.library is not None:
        raise invalid(f"{obj.name!r} is linked from another file and cannot be edited here.", "tree.object")
    modifier = obj.modifiers.get(spec.get("modifier", ""))
    if modifier is not None and modifier.type != "NODES":
        raise invalid(f"The modifier {modifier.name!r} is of type {modifier.type}, not NODES.", "tree.modifier")
    found = _modifier(obj, spec)
    group = found.node_group if found and "name" not in spec else None
    if group is not None and group.library is not None:
        raise invalid(f"The node group {group.name!r} is linked from another file and cannot be edited here.",
                      "tree.object")


def _modifier(obj: Any, spec: dict[str, Any]) -> Any | None:
    if "modifier" in spec:
        return obj.modifiers.get(spec["modifier"])
    modifiers = [modifier for modifier in obj.modifiers if modifier.type == "NODES"]
    named = [modifier for modifier in modifiers if modifier.node_group and modifier.node_group.name == spec.get("name")]
    return next(iter(named or ([] if "name" in spec else modifiers)), None)


def existing_tree(spec: dict[str, Any]) -> Target:
    """Of a call that changes nothing."""
    kind = spec["kind"]
    if kind == "compositor":
        tree = compositor_tree(bpy.context.scene)
        if tree is None:
            raise OpError("not_found", "The scene has no compositor nodes yet.", field="tree",
                          remedy="They are made by the first operation.")
        return _compositor(tree)
    if kind in ("material", "world"):
        owner = _blocks(spec)[0]
        blocks = bpy.data.materials if kind == "material" else bpy.data.worlds
        if owner is None:
            raise not_found(kind, spec.get("name", ""), blocks.keys(), "tree.name")
        if owner.node_tree is None:
            raise OpError("not_found", f"The {kind} {owner.name!r} has no nodes yet.", field="tree",
                          remedy="They are made by the first operation.")
        return Target(owner.node_tree, f"{kind}:{owner.name}", {"name": owner.name})
    if "object" in spec:
        obj = object_named(spec["object"], "tree.object")
        modifier = _modifier(obj, spec)
        if modifier is None or modifier.node_group is None:
            raise not_found("geometry nodes modifier", spec.get("modifier", ""),
                            [m.name for m in obj.modifiers if m.type == "NODES"], "tree.modifier")
        return _group(modifier.node_group, object=obj.name, modifier=modifier.name)
    group = _named_group(spec)
    if group is None:
        raise not_found("node group", spec["name"], bpy.data.node_groups.keys(), "tree.name")
    return _group(group)


def ensure_tree(spec: dict[str, Any], changes: Changes) -> Target:
    """Part of a change. What is missing is made as a user would get it, with an output."""
    kind = spec["kind"]
    if kind == "compositor":
        return _ensure_compositor(changes)
    if kind in ("material", "world"):
        return _ensure_shading(kind, spec, changes)
    if "object" in spec:
        return _ensure_modifier(object_named(spec["object"], "tree.object"), spec, changes)
    group = _named_group(spec)
    if group is None:
        idname = "GeometryNodeTree" if kind == "geometry" else "ShaderNodeTree"
        group = _new_group(spec["name"], idname, changes)
    return _group(group)


def _ensure_shading(kind: str, spec: dict[str, Any], changes: Changes) -> Target:
    owner = _blocks(spec)[0]
    if owner is None:
        blocks = bpy.data.materials if kind == "material" else bpy.data.worlds
        owner = blocks.new(spec.get("name", "World"))
        changes.added.append(f"{kind}:{owner.name}")
        if kind == "world" and bpy.context.scene.world is None:
            bpy.context.scene.world = owner
            changes.change(f"scene:{bpy.context.scene.name}", ["world"])
    compat.use_nodes(owner)
    return Target(owner.node_tree, f"{kind}:{owner.name}", {"name": owner.name})


def _ensure_compositor(changes: Changes) -> Target:
    scene = bpy.context.scene
    tree = compositor_tree(scene)
    if tree is None:
        tree, is_group = make_compositor_tree(scene)
        if is_group:
            changes.added.append(f"node_group:{tree.name}")
        changes.change(f"scene:{scene.name}", ["compositor"])
    return _compositor(tree)


def _compositor(tree: Any) -> Target:
    if tree.is_embedded_data:
        return Target(tree, f"scene:{bpy.context.scene.name}", {"name": bpy.context.scene.name})
    return _group(tree)


def _ensure_modifier(obj: Any, spec: dict[str, Any], changes: Changes) -> Target:
    modifier = _modifier(obj, spec)
    if modifier is None:
        modifier = obj.modifiers.new(spec.get("modifier", "GeometryNodes"), "NODES")
        changes.change(obj.name, ["modifiers"])
    group = modifier.node_group
    if group is None or ("name" in spec and group.name != spec["name"]):
        group = _named_group(spec) or _new_group(spec.get("name", GEOMETRY_GROUP), "GeometryNodeTree", changes)
        modifier.node_group = group
        changes.change(obj.name, ["modifiers"])
    return _group(group, object=obj.name, modifier=modifier.name)


def _group(group: Any, **about: Any) -> Target:
    return Target(group, f"node_group:{group.name}", {"name": group.name, **about}, is_group=True)


def _new_group(name: str, idname: str, changes: Changes) -> Any:
    """One of geometry lets through what comes in."""
    group = bpy.data.node_groups.new(name, idname)
    changes.added.append(f"node_group:{group.name}")
    inside, outside = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    inside.location, outside.location = (-200, 0), (200, 0)
    if idname == "GeometryNodeTree":
        mark_as_modifier(group)
        for direction in ("input", "output"):
            add_interface_socket(group, direction, "Geometry", "NodeSocketGeometry")
        group.links.new(inside.outputs[0], outside.inputs[0])
    return group
