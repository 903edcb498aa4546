"""The files of an export: made in a working folder, and seen under their own names only when they are whole."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import Any

from .errors import OpError

CHUNK_BYTES = 1 << 20
PROBE_BYTES = 1 << 20


class ExportOutput:
    """Nobody but this export uses `working_folder`, which is on the same file system as `path`; the daemon removes it,
    also when this process does not live to see its end."""

    def __init__(self, args: dict[str, Any]) -> None:
        self.path: str = args["path"]
        self._overwrite: bool = args.get("overwrite", False)
        self._target, name = os.path.split(self.path)
        self._made = os.path.join(args["working_folder"], "files")
        self._replaced = os.path.join(args["working_folder"], "replaced")
        for folder in (self._made, self._replaced):
            os.mkdir(folder)
        self._new_folders: list[str] = []
        # Files name each other, so they have their names from the beginning.
        self.working_path = os.path.join(self._made, name)

    def check_free(self) -> None:
        self._check_free(self.path)

    def names(self) -> list[str]:
        """What was made, relative to the folder: the file itself last."""
        if not os.path.isfile(self.working_path) or os.path.getsize(self.working_path) == 0:
            raise OpError("blender", "Blender did not write the file.", field="path",
                          remedy="Most likely the disk is full, or nothing can be exported in this format.")
        found = [os.path.relpath(os.path.join(folder, name), self._made)
                 for folder, _folders, names in os.walk(self._made) for name in names]
        main = os.path.basename(self.path)
        return [*sorted(name for name in found if name != main), main]

    def digest(self) -> tuple[int, str]:
        """Size in bytes and SHA-256 of the file itself, also once it has its name."""
        path = self.working_path if os.path.exists(self.working_path) else self.path
        digest, size = hashlib.sha256(), 0
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
        return size, digest.hexdigest()

    def has_room(self) -> bool:
        """Whether more could have been written: some exporters do not notice that they could not."""
        try:
            with open(os.path.join(self._replaced, "probe"), "wb", buffering=0) as probe:
                return probe.write(bytes(PROBE_BYTES)) == PROBE_BYTES
        except OSError:
            return False

    def keep(self, names: list[str]) -> list[dict[str, Any]]:
        """Gives all their names, or none. Returns what is beside the file."""
        for name in names:
            target = os.path.join(self._target, name)
            folder = os.path.dirname(target)
            if os.path.realpath(folder) != folder:
                raise OpError("blender", f"{folder!r} is a link to another folder; nothing was written.", field="path",
                              remedy="Export into another folder.")
            self._check_free(target)
        done: list[str] = []
        try:
            for name in names:
                self._keep_one(name)
                done.append(name)
        except OSError as error:
            for name in reversed(done):
                self._take_back(name)
            for folder in reversed(self._new_folders):
                with suppress(OSError):  # somebody else uses it by now
                    os.rmdir(folder)
            if isinstance(error, FileExistsError):
                raise exists(os.path.join(self._target, name)) from None
            raise OpError("blender", f"The files could not be put in place: {error.strerror}; nothing was written.",
                          field="path", remedy="Free some space there or let it be written to.") from error
        return [{"path": os.path.join(self._target, name), "bytes": os.path.getsize(os.path.join(self._target, name))}
                for name in names[:-1]]

    def _keep_one(self, name: str) -> None:
        source, target = os.path.join(self._made, name), os.path.join(self._target, name)
        self._make_folder(os.path.dirname(target))
        if self._overwrite:
            if os.path.lexists(target):
                kept = os.path.join(self._replaced, name)
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                _link(target, kept)
            os.replace(source, target)
        else:
            _link(source, target)  # fails where a file is, which a rename does not
            os.unlink(source)

    def _make_folder(self, folder: str) -> None:
        if not os.path.isdir(folder):
            self._make_folder(os.path.dirname(folder))
            os.mkdir(folder)
            self._new_folders.append(folder)

    def _take_back(self, name: str) -> None:
        target, kept = os.path.join(self._target, name), os.path.join(self._replaced, name)
        if os.path.lexists(kept):
            os.replace(kept, target)
        else:
            os.unlink(target)

    def _check_free(self, path: str) -> None:
        if os.path.isdir(path):
            raise OpError("blender", f"{path!r} is a folder.", field="path", remedy="Choose another name.")
        if not self._overwrite and os.path.lexists(path):
            raise exists(path)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        with open(source, "rb") as old, open(target, "xb") as new:
            while chunk := old.read(CHUNK_BYTES):
                new.write(chunk)


def exists(path: str) -> OpError:
    return OpError("blender", f"{path!r} exists already; nothing was written.", field="path",
                   remedy='Choose another path, or pass "overwrite": true.')
