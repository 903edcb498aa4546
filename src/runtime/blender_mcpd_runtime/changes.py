"""What a command changed, by object name; other data-blocks as "material:Steel"."""

from __future__ import annotations

from itertools import islice
from typing import Any, Iterable

# Of names in an answer. Who needs more of them lists the objects.
MAX_LISTED = 200


class Changes:
    def __init__(self) -> None:
        self.added: list[str] = []
        self.removed: list[str] = []
        self._changed: dict[str, dict[str, None]] = {}
        self._renamed: dict[str, str] = {}  # the old names by the new ones, in the order in which they were given

    def change(self, name: str, fields: Iterable[str]) -> None:
        self._changed.setdefault(name, {}).update(dict.fromkeys(fields))

    def rename(self, old: str, new: str) -> None:
        """Carries over what the same command already changed."""
        fields = self._changed.pop(old, {})
        self._changed[new] = {**fields, "name": None}
        self._renamed[new] = old

    def merge(self, later: Changes) -> None:
        """Adds what a later command changed; what came and went in between is not mentioned."""
        added, removed = dict.fromkeys(self.added), dict.fromkeys(self.removed)
        for new, old in later._renamed.items():
            if old in added:
                added = {new if name == old else name: None for name in added}
            else:
                self.rename(old, new)
        for name in later.removed:
            self._changed.pop(name, None)
            if name in added:
                del added[name]
            else:
                removed[name] = None
        for name in later.added:
            if name in removed:  # another of the same name
                del removed[name]
                self.change(name, ["replaced"])
            else:
                added[name] = None
        self.added, self.removed = list(added), list(removed)
        for name, fields in later._changed.items():
            self.change(name, fields)

    def to_json(self) -> dict[str, Any]:
        """With the first ones of many names; left_out says how many there are more of each."""
        added = set(self.added)
        changed = {name: list(fields) for name, fields in self._changed.items() if name not in added}
        told: dict[str, Any] = {"added": self.added[:MAX_LISTED], "removed": self.removed[:MAX_LISTED],
                                "changed": dict(islice(changed.items(), MAX_LISTED))}
        left_out = {"added": len(self.added), "removed": len(self.removed), "changed": len(changed)}
        left_out = {what: count - MAX_LISTED for what, count in left_out.items() if count > MAX_LISTED}
        return {**told, "left_out": left_out} if left_out else told

    def names(self) -> list[str]:
        return [*self.added, *self.removed, *self._changed]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self._changed)
