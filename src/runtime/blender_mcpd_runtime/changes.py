"""What a command changed, by object name; other data-blocks as "material:Steel"."""

from __future__ import annotations

from typing import Any, Iterable


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
        for new, old in later._renamed.items():
            if old in self.added:
                self.added[self.added.index(old)] = new
            else:
                self.rename(old, new)
        for name in later.removed:
            self._changed.pop(name, None)
            if name in self.added:
                self.added.remove(name)
            else:
                self.removed.append(name)
        for name in later.added:
            if name in self.removed:  # another of the same name
                self.removed.remove(name)
                self.change(name, ["replaced"])
            else:
                self.added.append(name)
        for name, fields in later._changed.items():
            self.change(name, fields)

    def to_json(self) -> dict[str, Any]:
        added = set(self.added)
        changed = {name: list(fields) for name, fields in self._changed.items() if name not in added}
        return {"added": self.added, "removed": self.removed, "changed": changed}

    def names(self) -> list[str]:
        return [*self.added, *self.removed, *self._changed]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self._changed)
