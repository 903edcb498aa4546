"""Copies of the open file for the time after this Blender has ended by itself: the daemon opens the newest in the next.

A copy is made when the scene has changed and the last one is old, and before what may end Blender. Beside each lies a
JSON file that says what it is a copy of; `open.json` says which file is open. Who reads them is src/blender/recovery_files.cpp.
"""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING, Any

import bpy

from .checkpoints import left_out, remove_file, write_copy
from .errors import OpError

if TYPE_CHECKING:
    from .document import Document
    from .job import Job

# All copies together; the user's disk pays for them.
MAX_BYTES = 1 << 30
# Of the time that goes by, so much may be spent on copies.
MAX_SHARE = 0.05
# After one that failed: a full disk does not become empty at once.
PAUSE_AFTER_FAILURE_S = 60.0

_NAME = re.compile(r"(\d+)-(\d+)\.blend")


class Recovery:
    """Main thread only, apart from `status`. Does nothing without settings: then nobody would open the copies.

    `life` numbers the Blenders of one daemon. A document is what was opened or begun once; copies of another one than
    the open one are of no use.
    """

    def __init__(self, settings: dict[str, Any] | None) -> None:
        self._enabled = settings is not None
        settings = settings or {}
        self._folder: str = settings.get("folder", "")
        self._life: int = settings.get("life", 0)
        self._keep: int = settings.get("keep", 3)
        self._interval_s: float = settings.get("interval_s", 10.0)
        self._document = ""
        self._number = 0
        self._copied: tuple[str, int] | None = None  # document and generation of the last copy
        self._next_copy = 0.0   # not before this time, of the monotonic clock
        self._budget_ends = 0.0  # the same for what is copied whatever its age
        self._status: dict[str, Any] = {"copies": 0, "bytes": 0, "error": None}

    def status(self) -> dict[str, Any] | None:
        """From any thread."""
        return self._status if self._enabled else None

    # What is open

    def note_file(self, document: Document) -> None:
        """Another file is open, or the open one was saved."""
        self._document = f"{self._life}.{document.loads}"
        path = bpy.data.filepath
        try:
            stat = os.stat(path) if path else None
        except OSError:
            stat = None
        self._note(document, {"mtime_ns": stat.st_mtime_ns, "size": stat.st_size} if stat else None)

    def note_restored(self, document: Document, name: str) -> None:
        """What is open now is a copy of this document."""
        self._document = name
        self._copied = (name, document.generation)
        self._next_copy = time.monotonic() + self._interval_s
        self._note(document, None)

    def _note(self, document: Document, saved: dict[str, int] | None) -> None:
        if not self._enabled:
            return
        try:
            self._write_json("open.json", {"document": self._document, "life": self._life, "saved": saved,
                                           "generation": document.generation, "file": bpy.data.filepath})
        except OSError as error:
            self._fail(str(error))

    # Copies

    def due_in(self, document: Document) -> float | None:
        """Seconds until a copy should be made; None when there is nothing new to copy."""
        if not self._is_new(document):
            return None
        is_first = self._copied is None or self._copied[0] != self._document
        return max(0.0, (self._budget_ends if is_first else self._next_copy) - time.monotonic())

    def prepare(self, document: Document, job: Job) -> None:
        """Before a job: a copy when it may end Blender or replace what is open."""
        if _is_risky(job) and self._is_new(document) and self._budget_ends <= time.monotonic():
            self.copy(document)

    def _is_new(self, document: Document) -> bool:
        return self._enabled and document.dirty and self._copied != (self._document, document.generation)

    def copy(self, document: Document) -> None:
        """Never fails: what went wrong is in `status`."""
        started = time.monotonic()
        document.begin_job()  # what saving makes Blender evaluate is nobody's edit
        try:
            self._write(document, started)
            pause = self._interval_s
        except (OpError, OSError, RuntimeError) as error:
            self._fail(str(error).strip().removeprefix("Error: "))
            pause = PAUSE_AFTER_FAILURE_S
        finally:
            document.end_job()
        if self._status["error"] is None:
            # Handlers of scripts may count as an edit what saving made them do: no reason to copy again and again.
            self._copied = (self._document, document.generation)
        now = time.monotonic()
        failed = self._status["error"] is not None
        self._budget_ends = now + max((now - started) / MAX_SHARE, pause if failed else 0.0)
        self._next_copy = max(started + pause, self._budget_ends)

    def _write(self, document: Document, started: float) -> None:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        self._number += 1
        name = f"{self._life}-{self._number}"
        path = os.path.join(self._folder, f"{name}.blend")
        origin = bpy.data.filepath
        about = {"document": self._document, "life": self._life, "number": self._number, "file": origin,
                 "generation": document.generation, "monotonic_s": started, "time": time.time(), "note": left_out()}
        size = write_copy(path, origin)
        try:
            if size > MAX_BYTES:
                raise OpError("blender", f"A copy has {size} bytes, more than {MAX_BYTES}.")
            self._write_json(f"{name}.json", {**about, "bytes": size})
        except BaseException:
            remove_file(path)
            raise
        self._drop_old()

    def _write_json(self, name: str, value: dict[str, Any]) -> None:
        """Whole or not at all: Blender may end in between."""
        path = os.path.join(self._folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(value, file)
        os.replace(path + ".new", path)

    def _drop_old(self) -> None:
        found = [match for entry in os.listdir(self._folder) if (match := _NAME.fullmatch(entry))]
        found.sort(key=lambda match: (int(match[1]), int(match[2])), reverse=True)
        kept = total = 0
        for match in found:
            path = os.path.join(self._folder, match[0])
            size = os.path.getsize(path)
            if kept < self._keep and total + size <= MAX_BYTES:
                kept += 1
                total += size
            else:
                remove_file(path)
                remove_file(path.removesuffix(".blend") + ".json")
        self._status = {"copies": kept, "bytes": total, "error": None}

    def _fail(self, text: str) -> None:
        self._status = {**self._status, "error": text}


def _is_risky(job: Job) -> bool:
    """Scripts can do anything; reading files is where Blender meets data that it has not made."""
    return job.op in ("execute_blender_code", "batch", "history") or \
        (job.op == "manage_file" and job.args.get("action") in ("open", "new", "revert"))
