"""Opening and saving .blend files, for every operation that does either."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Iterator

import bpy

from .errors import OpError, invalid


def check_target(path: str, field: str = "path") -> None:
    """A path that can be written."""
    _check_form(path, field)
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise OpError("not_found", f"The folder {folder!r} does not exist.", field=field,
                      remedy="Make it first, or choose another one.")


def check_source(path: str, field: str = "path") -> None:
    _check_form(path, field)
    if not os.path.isfile(path):
        raise OpError("not_found", f"There is no file {path!r}.", field=field)


def _check_form(path: str, field: str) -> None:
    if not os.path.isabs(path):
        raise invalid(f"{field} is {path!r}, which is not absolute.", field, "Give the whole path from / on.")
    if not path.endswith(".blend"):
        raise invalid(f"{field} is {path!r}, which does not end in .blend.", field)


@contextmanager
def with_file_preference(name: str, value: Any) -> Iterator[None]:
    """For that time, and without that Blender takes it for a change that it has to keep."""
    preferences = bpy.context.preferences
    saved, dirty = getattr(preferences.filepaths, name), preferences.is_dirty
    setattr(preferences.filepaths, name, value)
    try:
        yield
    finally:
        preferences = bpy.context.preferences  # another file may be open
        setattr(preferences.filepaths, name, saved)
        preferences.is_dirty = dirty


def save(path: str, **options: Any) -> int:
    """Returns the size in bytes."""
    with with_file_preference("file_preview_type", "NONE"):  # a thumbnail would cost far more than the file
        bpy.ops.wm.save_as_mainfile(filepath=path, check_existing=False, **options)
    return os.path.getsize(path)
