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
    image = _read(path, field, check_existing=True)
    if image.name not in known:
        changes.added.append(f"image:{image.name}")
        image.filepath = _stored(path)
    return image


def load_map(path: str, field: str, is_data: bool, changes: Changes) -> Any:
    """The image of that absolute path as one that holds data, or colours: the space of those is what Blender finds to be
    right for the file. One that is there is used only if it is just like that. Part of a change, as above."""
    image = _read(path, field, check_existing=False)
    if is_data:
        image.colorspace_settings.is_data = True
        image.alpha_mode = "CHANNEL_PACKED"  # a fourth map must not weaken the others
    image.buffers_free()  # whoever draws it reads it again; all maps of a large material would fill the memory
    for other in bpy.data.images:
        if other != image and _is_alike(other, image):
            bpy.data.images.remove(image)
            return other
    changes.added.append(f"image:{image.name}")
    image.filepath = _stored(path)
    return image


def _is_alike(other: Any, image: Any) -> bool:
    return (other.source == "FILE" and other.library is None and not other.is_dirty
            and image_path(other) == image_path(image) and other.alpha_mode == image.alpha_mode
            and other.colorspace_settings.name == image.colorspace_settings.name and _has_content_of(other, image_path(image)))


def _has_content_of(image: Any, path: str) -> bool:
    """What is packed may have been of another time, or edited since."""
    packed = image.packed_file
    if packed is None:
        return True
    if packed.size != os.path.getsize(path):
        return False
    with open(path, "rb") as file:
        return bool(packed.data == file.read())


def _read(path: str, field: str, check_existing: bool) -> Any:
    try:
        image = bpy.data.images.load(path, check_existing=check_existing)
    except RuntimeError as exc:
        raise _unreadable(path, field) from exc
    if not image.size[0]:
        raise _unreadable(path, field)
    return image


def _unreadable(path: str, field: str) -> OpError:
    return invalid(f"{path!r} is not an image that this Blender can read.", field)


def _stored(path: str) -> str:
    """Relative for a file beside or below the .blend, so that both can be moved together."""
    folder = os.path.dirname(bpy.data.filepath)
    return bpy.path.relpath(path) if folder and path.startswith(folder + os.sep) else path


def image_path(image: Any) -> str:
    return bpy.path.abspath(image.filepath, library=image.library)
