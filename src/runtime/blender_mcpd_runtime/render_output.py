"""The files of an animation: made in a working folder, and seen under their own names only when they are whole."""

from __future__ import annotations

import os
import re
from typing import Any

import bpy

from .errors import OpError

PNG_END = b"IEND\xaeB`\x82"
FRAME_NUMBER = re.compile(r"#+(?=[^#]*$)")  # the last run, as Blender takes it


class Output:
    """`path` is a video, or a .png with # for the frame number. Nobody but this render uses `working_folder`, which is
    on the same file system; the daemon removes it, also when this process does not live to see its end."""

    def __init__(self, args: dict[str, Any]) -> None:
        self.path: str = args["output"]
        self.overwrite: bool = args.get("overwrite", False)
        self._working_folder: str = args["working_folder"]
        folder, self.name = os.path.split(self.path)
        self.folder = folder
        self.extension = os.path.splitext(self.name)[1].lower()
        self.is_video = self.extension != ".png"
        # Frames keep their number, so that the one that Blender has just written is found by its own.
        self.working_path = os.path.join(self._working_folder, "video" + self.extension if self.is_video else "#.png")

    def frame_path(self, frame: int) -> str:
        return os.path.join(self.folder, FRAME_NUMBER.sub(lambda run: f"{frame:0{len(run[0])}d}", self.name))

    def check_free(self, frames: range) -> None:
        if self.overwrite:
            return
        if self.is_video:
            taken = [self.path] if os.path.lexists(self.path) else []
        else:
            there = set(os.listdir(self.folder))
            taken = [path for path in map(self.frame_path, frames) if os.path.basename(path) in there]
        if taken:
            raise exists(taken[0], len(taken))

    def keep_frame(self, frame: int) -> int:
        """The frame that Blender has just written gets its name; returns its size in bytes. OpError when it is not
        whole: Blender itself does not always notice a full disk."""
        if self.is_video:
            size = 0
        else:
            written = os.path.join(self._working_folder, f"{frame}.png")
            size = _whole_png(written)
            self._move(written, self.frame_path(frame))
        # What the daemon tells when this process is stopped.
        with open(os.path.join(self._working_folder, "frames"), "a", encoding="utf-8") as log:
            log.write(f"{frame}\n")
        return size

    def keep_video(self, frames: int) -> int:
        """As keep_frame, for a video of so many frames."""
        try:
            clip = bpy.data.movieclips.load(self.working_path)
            found = clip.frame_duration
            bpy.data.movieclips.remove(clip)
        except RuntimeError:
            found = 0
        if found != frames:
            raise not_whole(f"the video has {found} of {frames} frames")
        size = os.path.getsize(self.working_path)
        self._move(self.working_path, self.path)
        return size

    def _move(self, source: str, target: str) -> None:
        if self.overwrite:
            os.replace(source, target)
            return
        try:
            os.link(source, target)  # fails where a file is, which rename does not
        except FileExistsError:
            raise exists(target, 1) from None
        except OSError:  # a file system without hard links
            if os.path.lexists(target):
                raise exists(target, 1) from None
            os.rename(source, target)
            return
        os.unlink(source)


def _whole_png(path: str) -> int:
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - len(PNG_END)))
            if file.read() == PNG_END:
                return size
    except FileNotFoundError:
        size = 0
    raise not_whole(f"the file of frame {os.path.splitext(os.path.basename(path))[0]} ends after {size} bytes")


def exists(path: str, count: int) -> OpError:
    others = f" (and {count - 1} more)" if count > 1 else ""
    return OpError("blender", f"{path!r} exists already{others}; it was not replaced.", field="output",
                   remedy='Choose another output, or pass "overwrite": true.')


def not_whole(how: str) -> OpError:
    return OpError("blender", f"Blender did not write everything: {how}.", field="output",
                   remedy="Most likely the disk is full: free some space there, or choose another output.")
