"""Copies of the open file to come back to: in the private folder of this Blender, and gone with it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

import bpy

from . import blend_files
from .blend_origin import write_origin
from .errors import OpError, invalid
from .lookup import not_found

# The user's disk pays for them; what is older is dropped.
MAX_COUNT = 20
MAX_BYTES = 2 << 30
# More images tell a person nothing.
MAX_NAMES = 10
# Where restore keeps what it replaces.
BEFORE_RESTORE = "before restore"


@dataclass
class Checkpoint:
    name: str
    path: str
    origin: str    # the open file at that time, "" for none
    time: float    # of the system clock
    size: int

    def to_json(self) -> dict[str, Any]:
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.time))
        return {"name": self.name, "time": made, "bytes": self.size, "file": self.origin}

    def remove_file(self) -> None:
        remove_file(self.path)


class Checkpoints:
    """Oldest first, each name once. Main thread only."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._all: dict[str, Checkpoint] = {}
        self._last_number = 0

    def newest_first(self) -> list[Checkpoint]:
        return list(reversed(self._all.values()))

    def total_bytes(self) -> int:
        return sum(kept.size for kept in self._all.values())

    def check_new(self, name: str) -> None:
        if name == BEFORE_RESTORE:
            raise invalid(f"The name {name!r} is for what a restore replaces.", "name", "Use another name.")
        if name in self._all:
            raise invalid(f"There is a checkpoint {name!r} already; nothing was done.", "name",
                          'Use another name, or action "drop" first.')

    def find(self, name: str) -> Checkpoint:
        if name not in self._all:
            raise not_found("checkpoint", name, self._all, "name")
        kept = self._all[name]
        if not os.path.isfile(kept.path) or os.path.getsize(kept.path) != kept.size:
            self.drop(name)
            raise OpError("not_found", f"The file of checkpoint {name!r} was removed or changed; it is lost.",
                          field="name", remedy='See what is left with action "list".')
        return kept

    def write(self, name: str) -> Checkpoint:
        """The open file as it is now. Not listed before `add`."""
        self._last_number += 1
        path = os.path.join(self._folder, f"{self._last_number}.blend")
        origin = bpy.data.filepath
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            size = write_copy(path, origin)
        except (OSError, RuntimeError) as error:
            text = str(error).strip().removeprefix("Error: ")
            raise OpError("blender", f"The checkpoint could not be written: {text}",
                          remedy=f'Is there room on the disk of {self._folder}? Action "drop" makes some.') from error
        if size > MAX_BYTES:
            remove_file(path)
            raise OpError("blender", f"The checkpoint would have {size} bytes; all together may have {MAX_BYTES}.",
                          remedy='Save the file with manage_file, action "save" or "save_as", instead.')
        return Checkpoint(name, path, origin, time.time(), size)

    def add(self, new: Checkpoint) -> list[str]:
        """Takes the place of one of that name. Returns the names of those that were dropped for it, oldest first."""
        if new.name in self._all:
            self.drop(new.name)
        self._all[new.name] = new
        dropped = []
        while len(self._all) > MAX_COUNT or self.total_bytes() > MAX_BYTES:
            oldest = next(iter(self._all))
            self.drop(oldest)
            dropped.append(oldest)
        return dropped

    def drop(self, name: str) -> None:
        if name not in self._all:
            raise not_found("checkpoint", name, self._all, "name")
        self._all.pop(name).remove_file()


def write_copy(path: str, origin: str) -> int:
    """The open file as it is now, which belongs to the file `origin` ("" for none). Returns the size in bytes; nothing
    is left of one that failed."""
    try:
        size = blend_files.save(path, copy=True, compress=False, relative_remap=False)
        write_origin(path, origin)
        return size
    except BaseException:
        remove_file(path)
        remove_file(path + "@")  # what Blender writes first
        raise


def left_out() -> str | None:
    """What a .blend does not hold of the open file, said to the one who saves it."""
    images = [image.name for image in bpy.data.images if image.is_dirty]
    if not images:
        return None
    names = ", ".join(repr(name) for name in images[:MAX_NAMES]) + (", …" if len(images) > MAX_NAMES else "")
    return f"Without the pixels of {names}: they were edited, but neither saved nor packed."


def load(kept: Checkpoint) -> None:
    """The open file is the one it was then, not the copy."""
    if kept.origin:
        bpy.ops.wm.recover_auto_save(filepath=kept.path, use_scripts=False)
        return
    # Some versions make the copy the open file when they recover one that has no path.
    with blend_files.with_file_preference("use_scripts_auto_execute", False):  # opening must not be running a program
        bpy.ops.wm.read_homefile(filepath=kept.path, load_ui=False)


def remove_file(path: str) -> None:
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
