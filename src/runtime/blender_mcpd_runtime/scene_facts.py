"""What a look at the whole scene tells, kept until something is edited. Operations share `facts`."""

from __future__ import annotations

from collections import Counter
from typing import Any

import bpy

from .collection_links import all_collections
from .document import Document
from .encoding import encode
from .lookup import collections_below


class SceneFacts:
    """Main thread only. Holds numbers and names, no data-blocks."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] | None = None
        self._counts: dict[str, int] | None = None
        self._places: dict[int, list[str]] | None = None
        self._tree: tuple[int, list[dict[str, Any]], int, int] | None = None

    def look(self, document: Document, scene: Any) -> None:
        """Before the others: forgets what is not true any more."""
        key = (document.loads, document.generation, scene.name)
        if key != self._key:
            self._key = key
            self._counts = self._places = self._tree = None

    def counts(self, scene: Any) -> dict[str, int]:
        """Objects by type."""
        if self._counts is None:
            self._counts = dict(sorted(Counter([obj.type for obj in scene.objects]).items()))
        return self._counts

    def collections(self, scene: Any, max_bytes: int) -> tuple[list[dict[str, Any]], int, int]:
        """(tree of so many bytes as JSON, how many collections there are, how many of them are not in it). What is nearer
        to the top comes first."""
        if self._tree is None or self._tree[0] != max_bytes:
            self._tree = (max_bytes, *_tree(scene.collection, max_bytes))
        return self._tree[1:]

    def collections_of(self, obj: Any) -> list[str]:
        if self._places is None:
            self._places = {}
            for collection in all_collections():
                name = collection.name
                for member in collection.objects:
                    self._places.setdefault(member.as_pointer(), []).append(name)
        return self._places.get(obj.as_pointer(), [])


def _tree(top: Any, max_bytes: int) -> tuple[list[dict[str, Any]], int, int]:
    roots: list[dict[str, Any]] = []
    shown: set[Any] = set()
    level = [(child, roots) for child in top.children]
    while level:
        following = []
        for collection, siblings in level:
            told: dict[str, Any] = {"name": collection.name, "objects": len(collection.objects), "children": []}
            max_bytes -= len(encode(told)) + 1
            if max_bytes < 0:
                break
            siblings.append(told)
            shown.add(collection)
            following += [(child, told["children"]) for child in collection.children]
        level = following if max_bytes >= 0 else []
    total = len(collections_below(top))
    return roots, total, total - len(shown)


facts = SceneFacts()
