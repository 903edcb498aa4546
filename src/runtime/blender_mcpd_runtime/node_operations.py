"""The operations of edit_nodes, one after the other. Part of a change: the first that fails takes all back."""

from __future__ import annotations

from typing import Any, Callable

import bpy

from .changes import Changes
from .compat_nodes import (add_interface_socket, interface_socket_types, interface_sockets, remove_interface_socket,
                           set_modifier_input)
from .errors import invalid
from .lookup import not_found
from .node_lookup import find_node, find_socket, match_socket, new_node
from .node_trees import Target
from .node_values import set_image, set_values
from .rna_values import folded, set_property, shown

VERBS = ("add", "set", "link", "unlink", "remove", "interface")
# The members that each operation has a use for.
_VALUES = {"name", "label", "location", "values", "image", "colorspace"}
MEMBERS = {"add": _VALUES, "set": _VALUES, "link": set(), "unlink": set(), "remove": set(),
           "interface": {"name", "socket_type", "values"}}
ALL = "*"
# Values that name another node: its frame, the end of its zone. With what nodes have that can have them.
RELATIONS = {"parent": "parent", "paired_output": "pair_with_output"}
# Names of socket types that models know from elsewhere.
_SOCKET_TYPES = {"boolean": "bool", "integer": "int", "value": "float", "rgba": "color", "colour": "color"}


def check_operations(operations: list[dict[str, Any]]) -> None:
    """Their form; what they say is checked as they are done, since each depends on those before."""
    for index, operation in enumerate(operations):
        field = f"operations[{index}]"
        verbs = [verb for verb in VERBS if verb in operation]
        if len(verbs) != 1:
            raise invalid(f"{field} must have exactly one of {', '.join(VERBS)}; it has {', '.join(verbs) or 'none'}.",
                          field, 'Such as {"add": "ShaderNodeTexNoise", "name": "Noise", "values": {"Scale": 8}}.')
        for member in operation:
            if member != verbs[0] and member not in MEMBERS[verbs[0]]:
                raise invalid(f"{field}.{member} does not apply to {verbs[0]}.", f"{field}.{member}", "Leave it out.")
        if verbs[0] == "interface" and "name" not in operation:
            raise invalid(f"{field}.name is missing: of the socket.", f"{field}.name")


class Editor:
    def __init__(self, target: Target, changes: Changes) -> None:
        self.target = target
        self.tree = target.tree
        self.changes = changes
        self.touched: list[Any] = []   # nodes that were made or set
        self.unplaced: list[Any] = []  # new ones without a location
        self.notes: list[str] = []
        self._given: dict[str, Any] = {}

    def run(self, operations: list[dict[str, Any]]) -> None:
        actions: dict[str, Callable[[dict[str, Any], str], None]] = {
            "add": self._add, "set": self._set, "link": self._link, "unlink": self._unlink, "remove": self._remove,
            "interface": self._interface}
        for index, operation in enumerate(operations):
            verb = next(verb for verb in VERBS if verb in operation)
            actions[verb](operation, f"operations[{index}]")

    def _find(self, name: str, field: str) -> Any:
        return find_node(self.tree, name, self._given, field)

    def _change(self, what: str) -> None:
        self.changes.change(self.target.block, [what])

    def _touch(self, node: Any) -> None:
        if node not in self.touched:
            self.touched.append(node)

    def _add(self, operation: dict[str, Any], field: str) -> None:
        name = operation.get("name")
        if name in self._given:
            raise invalid(f"{field}.name: {name!r} was given to a node before.", f"{field}.name", "Use another name.")
        node = new_node(self.tree, operation["add"], f"{field}.add")
        if "location" not in operation:
            self.unplaced.append(node)
        self._settings(node, operation, field)
        self._change("nodes")

    def _set(self, operation: dict[str, Any], field: str) -> None:
        node = self._find(operation["set"], f"{field}.set")
        if len(operation) == 1:
            raise invalid(f"{field} says nothing to set; give {', '.join(sorted(_VALUES))}.", field)
        self._settings(node, operation, field)
        self._change("nodes")

    def _settings(self, node: Any, operation: dict[str, Any], field: str) -> None:
        self._touch(node)
        if "name" in operation:
            name = operation["name"]
            node.name = name
            self._given[name] = node
            if node.name != name:
                self.notes.append(f"The node {name!r} is called {node.name!r}: that name was taken.")
        if "label" in operation:
            node.label = operation["label"]
        if "location" in operation:
            node.location = operation["location"]
        if "image" in operation or "colorspace" in operation:
            set_image(node, operation.get("image"), operation.get("colorspace"), field, self.changes)
        values = operation.get("values", {})
        relations = [key for key in values if key in RELATIONS and hasattr(node, RELATIONS[key])]
        for key in relations:
            self._relate(node, key, values[key], f"{field}.values.{key}")
        set_values(node, {key: value for key, value in values.items() if key not in relations}, f"{field}.values",
                   self.notes)

    def _relate(self, node: Any, key: str, name: Any, field: str) -> None:
        if name is None and key == "parent":
            node.parent = None
            return
        if not isinstance(name, str):
            raise invalid(f"{field} is {name!r}; it must be the name of a node.", field)
        other = self._find(name, field)
        if key == "paired_output":
            self._pair(node, other, field)
        elif other.type != "FRAME" or _is_inside(other, node):
            raise invalid(f"{field}: {other.name!r} is no frame that could hold {node.name!r}.", field)
        else:
            node.parent = other

    def _pair(self, node: Any, other: Any, field: str) -> None:
        try:
            paired = node.pair_with_output(other)
        except RuntimeError:
            paired = False
        if not paired:
            raise invalid(f"{field}: {node.name!r} makes no zone with {other.name!r} ({other.bl_idname}).", field)

    def _link(self, operation: dict[str, Any], field: str) -> None:
        (from_name, output), (to_name, into) = operation["link"]
        source = self._find(from_name, f"{field}.link[0]")
        target = self._find(to_name, f"{field}.link[1]")
        from_socket = find_socket(source, "output", output, f"{field}.link[0]")
        to_socket = find_socket(target, "input", into, f"{field}.link[1]")
        if _reaches(target, source):
            raise invalid(f"{field}: linking {source.name!r} to {target.name!r} would make a cycle.", f"{field}.link")
        link = self.tree.links.new(from_socket, to_socket)
        if not link.is_valid:
            raise invalid(f"{field}: output {from_socket.name!r} of {source.name!r} ({from_socket.bl_idname}) cannot go into "
                          f"{to_socket.name!r} of {target.name!r} ({to_socket.bl_idname}): the types do not fit.",
                          f"{field}.link", "Put a node in between that converts it, or use other sockets.")
        self._change("links")

    def _unlink(self, operation: dict[str, Any], field: str) -> None:
        name, key = operation["unlink"]
        node = self._find(name, f"{field}.unlink")
        # An output only where there is no such input: of many nodes both have the same name.
        is_input = match_socket(node, node.inputs, key) is not None
        links = list(find_socket(node, "input" if is_input else "output", key, f"{field}.unlink").links)
        if not links:
            raise invalid(f"{field}: nothing is linked to {key!r} of {node.name!r}.", f"{field}.unlink",
                          "Give the node and input at which the link ends.")
        for link in links:
            self.tree.links.remove(link)
        self._change("links")

    def _remove(self, operation: dict[str, Any], field: str) -> None:
        name = operation["remove"]
        nodes = list(self.tree.nodes) if name == ALL and ALL not in self.tree.nodes else \
            [self._find(name, f"{field}.remove")]
        for node in nodes:
            for known in (self.touched, self.unplaced):
                if node in known:
                    known.remove(node)
            self._given = {given: other for given, other in self._given.items() if other != node}
            self.tree.nodes.remove(node)
        self._change("nodes")

    # The sockets of a group

    def _interface(self, operation: dict[str, Any], field: str) -> None:
        action, direction = operation["interface"].split("_")
        if not self.target.is_group:
            raise invalid(f"{field}: only a node group has an interface; this is {self.target.block}.", field)
        if action == "add":
            self._add_socket(direction, operation, field)
        else:
            self._remove_socket(direction, operation["name"], field)
        self._change("interface")

    def _add_socket(self, direction: str, operation: dict[str, Any], field: str) -> None:
        wanted = operation.get("socket_type", "Float")
        types = interface_socket_types(self.tree)
        short = folded(wanted).removeprefix("nodesocket")
        short = _SOCKET_TYPES.get(short, short)
        idname = next((name for name in types if name.casefold() == f"nodesocket{short}"), None)
        refused = f"{field}.socket_type is {wanted!r}; this tree allows {shown(types)}."
        if idname is None:
            raise invalid(refused, f"{field}.socket_type")
        try:
            item = add_interface_socket(self.tree, direction, operation["name"], idname)
        except (RuntimeError, TypeError) as exc:
            raise invalid(refused, f"{field}.socket_type") from exc
        for key, value in operation.get("values", {}).items():
            where = f"{field}.values.{key}"
            name = key if key in item.bl_rna.properties else f"{key}_value"  # default, min, max
            if name not in item.bl_rna.properties:
                raise not_found("property of this socket", key, item.bl_rna.properties.keys(), where)
            set_property(item, name, value, where)
        if direction == "input" and "default_value" in item.bl_rna.properties:
            self._give_default(item)

    def _give_default(self, item: Any) -> None:
        """Modifiers that have the group already keep the value that the socket was made with."""
        for obj in bpy.data.objects:
            for modifier in obj.modifiers:
                if modifier.type == "NODES" and modifier.node_group == self.tree:
                    set_modifier_input(modifier, item.identifier, item.default_value)

    def _remove_socket(self, direction: str, name: str, field: str) -> None:
        items = interface_sockets(self.tree, direction)
        item = next((item for item in items if name in (item.name, item.identifier)), None)
        if item is None:
            raise not_found(f"{direction} of this group", name, [item.name for item in items], f"{field}.name")
        remove_interface_socket(self.tree, direction, item)


def _is_inside(node: Any, frame: Any) -> bool:
    while node is not None and node != frame:
        node = node.parent
    return node is not None


def _reaches(start: Any, end: Any) -> bool:
    """Whether links lead from the one node to the other, or they are the same."""
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        for socket in node.outputs:
            for link in socket.links:
                if link.to_node not in seen:
                    seen.add(link.to_node)
                    waiting.append(link.to_node)
    return False
