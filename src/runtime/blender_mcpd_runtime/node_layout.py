"""Places for nodes: in columns from right to left, each left of what it feeds. A node's size is not known without a
window, so it is estimated."""

from __future__ import annotations

from typing import Any, Iterable

GAP_X, GAP_Y = 60, 40
HEADER, ROW = 60, 22


def arrange(tree: Any, movable: Iterable[Any]) -> None:
    """Moves these nodes; the others stay. Frames, and what is inside of them, stay where they are."""
    nodes = [node for node in tree.nodes if node.type != "FRAME" and node.parent is None]
    movable = [node for node in movable if node in nodes]
    columns = _columns(nodes, tree.links)
    if len(movable) == len(nodes):
        _arrange_all(columns)
        return
    placed = [node for node in nodes if node not in movable]
    by_column = sorted(movable, key=lambda node: columns[node])
    for node in by_column:
        _place_beside(node, placed)
        placed.append(node)


def _columns(nodes: list[Any], links: Any) -> dict[Any, int]:
    """How many links lie between each node and the end of its longest chain."""
    feeds: dict[Any, list[Any]] = {node: [] for node in nodes}
    for link in links:
        if link.is_valid and link.from_node in feeds and link.to_node in feeds:
            feeds[link.from_node].append(link.to_node)
    columns: dict[Any, int] = {}
    for first in nodes:
        stack = [first]
        while stack:
            node = stack[-1]
            missing = [after for after in feeds[node] if after not in columns and after not in stack]
            if missing:
                stack.append(missing[0])
            else:
                columns[node] = max((columns.get(after, -1) + 1 for after in feeds[node]), default=0)
                stack.pop()
    return columns


def _height(node: Any) -> float:
    if node.hide:
        return HEADER / 2
    sockets = sum(1 for socket in [*node.inputs, *node.outputs] if socket.enabled and not socket.hide)
    properties = len(node.bl_rna.properties) - len(node.bl_rna.base.properties) if node.bl_rna.base else 0
    return HEADER + ROW * (sockets + min(properties, 8))


def _arrange_all(columns: dict[Any, int]) -> None:
    x = 0.0
    for column in range(max(columns.values(), default=-1) + 1):
        nodes = [node for node, place in columns.items() if place == column]
        x -= max(node.width for node in nodes) + GAP_X if column else 0
        y = sum(_height(node) + GAP_Y for node in nodes) / 2
        for node in nodes:
            node.location = (x, y)
            y -= _height(node) + GAP_Y


def _place_beside(node: Any, placed: list[Any]) -> None:
    """Left of what it feeds, else right of what feeds it, else left of everything; below what is in the way."""
    after = [link.to_node for socket in node.outputs for link in socket.links if link.to_node in placed]
    before = [link.from_node for socket in node.inputs for link in socket.links if link.from_node in placed]
    if after:
        nearest = min(after, key=lambda other: other.location.x)
        x, y = nearest.location.x - node.width - GAP_X, nearest.location.y
    elif before:
        nearest = max(before, key=lambda other: other.location.x)
        x, y = nearest.location.x + nearest.width + GAP_X, nearest.location.y
    elif placed:
        nearest = min(placed, key=lambda other: other.location.x)
        x, y = nearest.location.x - node.width - GAP_X, nearest.location.y
    else:
        x, y = 0.0, 0.0
    height = _height(node)
    for other in sorted(placed, key=lambda other: -other.location.y):
        beside = other.location.x < x + node.width and x < other.location.x + other.width
        if beside and other.location.y > y - height and y > other.location.y - _height(other):
            y = other.location.y - _height(other) - GAP_Y
    node.location = (x, y)
