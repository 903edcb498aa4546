"""edit_nodes: the node tree of a material, a world, geometry, the compositor or a group."""

from __future__ import annotations

from typing import Any

from .changes import Changes
from .context import Context
from .node_info import describe_tree
from .node_layout import arrange
from .node_operations import Editor, check_operations
from .node_trees import check_tree, ensure_tree, existing_tree

MAX_NOTES = 20


def edit_nodes(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    spec, operations, layout = args["tree"], args.get("operations", []), args.get("layout", False)
    check_tree(spec)
    check_operations(operations)
    changes = Changes()
    if not operations and not layout:
        described = describe_tree(spec["kind"], existing_tree(spec), [])
        return {"tree": described, "changes": changes.to_json(), "generation": context.document.generation}
    with context.changing():
        target = ensure_tree(spec, changes)
        editor = Editor(target, changes)
        editor.run(operations)
        if layout:
            arrange(target.tree, target.tree.nodes)
            changes.change(target.block, ["layout"])
        elif editor.unplaced:
            arrange(target.tree, editor.unplaced)
        result = {"tree": describe_tree(spec["kind"], target, editor.touched)}
    if editor.notes:
        more = len(editor.notes) - MAX_NOTES
        result["notes"] = editor.notes[:MAX_NOTES] + ([f"… and {more} more notes"] if more > 0 else [])
    return context.commit(f"Edit Nodes: {target.about['name']}", changes, result)
