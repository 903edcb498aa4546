"""Images from files."""

from __future__ import annotations

import os
from typing import Any

import bpy

from .changes import Changes
from .errors import OpError, invalid


def load_image(path: str, field: str, changes: Changes) -> Any:
    """The image of that absolute path, loaded unless it is already. Part of a change: a failure leaves it to roll back."""
    if not os.path.isfile(path):
        raise OpError("not_found", f"There is no file {path!r}.", field=field)
    known = set(bpy.data.images.keys())
    try:
        image = bpy.data.images.load(path, check_existing=True)
    except RuntimeError as exc:
        raise _unreadable(path, field) from exc
    if not image.size[0]:
        raise _unreadable(path, field)
    if image.name not in known:
        changes.added.append(f"image:{image.name}")
        image.filepath = _stored(path)
    return image


def _unreadable(path: str, field: str) -> OpError:
    return invalid(f"{path!r} is not an image that this Blender can read.", field)


def _stored(path: str) -> str:
    """Relative for a file beside or below the .blend, so that both can be moved together."""
    folder = os.path.dirname(bpy.data.filepath)
    return bpy.path.relpath(path) if folder and path.startswith(folder + os.sep) else path


def image_path(image: Any) -> str:
    return bpy.path.abspath(image.filepath, library=image.library)
