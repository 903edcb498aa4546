"""What a command changed, by object name; other data-blocks as "material:Steel"."""

from __future__ import annotations

from typing import Any, Iterable


class Changes:
    def __init__(self) -> None:
        self.added: list[str] = []
        self.removed: list[str] = []
        self._changed: dict[str, dict[str, None]] = {}

    def change(self, name: str, fields: Iterable[str]) -> None:
        self._changed.setdefault(name, {}).update(dict.fromkeys(fields))

    def rename(self, old: str, new: str) -> None:
        """Carries over what the same command already changed."""
        fields = self._changed.pop(old, {})
        self._changed[new] = {**fields, "name": None}

    def to_json(self) -> dict[str, Any]:
        added = set(self.added)
        changed = {name: list(fields) for name, fields in self._changed.items() if name not in added}
        return {"added": self.added, "removed": self.removed, "changed": changed}

    def names(self) -> list[str]:
        return [*self.added, *self.removed, *self._changed]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self._changed)
