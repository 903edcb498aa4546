"""The runtime's functions in the lists of bpy.app.handlers."""

from __future__ import annotations

from typing import Any, Callable, Sequence

# Each with the list that it belongs to.
Handlers = Sequence[tuple[Any, Callable[..., None]]]


def ensure(handlers: Handlers) -> None:
    """Scripts clear Blender's lists."""
    for called, handler in handlers:
        if handler not in called:
            called.append(handler)


def remove(handlers: Handlers) -> None:
    for called, handler in handlers:
        if handler in called:
            called.remove(handler)
