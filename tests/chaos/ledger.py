"""The oracle: what was asked for, what the client was told, and what is in the scene.

Every edit has a mark. Its traces in the scene are counted: objects of that name (a second one gets the name with ".001"),
or a number that its script counts up. A trace is looked for again and again, also after it was seen and removed, so that
an edit that comes late, or twice, is found.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from looking import Look

APPLIED, NOT_APPLIED, UNKNOWN, PARTLY, CANCELLED = "applied", "not applied", "unknown", "interrupted in it", "cancelled"
# A cancelled edit gets no answer: after this long it has ended.
CANCELLED_FOR_S = 4.0
MOST_COMPLAINTS = 20


@dataclass
class Edit:
    mark: str
    kind: str
    deadline_s: float
    sent_at: float
    told: str | None = None
    told_at: float = 0.0
    seen: int = 0
    phantom: bool = False  # it is a finding already
    lived_through_death: bool = False  # its Blender may have died while it ran, or after it
    paused: bool = False  # its Blender was stopped while it ran
    answer: str = ""  # the beginning of the text, for complaints


@dataclass
class Findings:
    duplicates: int = 0
    lost: int = 0
    phantoms: int = 0
    unexplained: int = 0  # unknown, though Blender lived
    twice_answered: int = 0
    late_answers: int = 0  # after a cancellation
    unanswered: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def broken(self) -> int:
        return (self.duplicates + self.lost + self.phantoms + self.unexplained + self.twice_answered + self.late_answers
                + self.unanswered)

    def complain(self, text: str) -> None:
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(text)


class Ledger:
    """Used by all threads."""

    def __init__(self) -> None:
        self.findings = Findings()
        self.outcomes: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()  # and why
        self.longest_over = (0.0, "-")  # seconds over the call's deadline
        self.checked = 0
        self._edits: dict[str, Edit] = {}
        self._unchecked: dict[str, Edit] = {}
        self._paused = False
        self._lock = threading.Lock()

    def begin(self, mark: str, kind: str, deadline_s: float) -> Edit:
        edit = Edit(mark, kind, deadline_s, time.monotonic())
        with self._lock:
            edit.paused = self._paused
            self._edits[mark] = self._unchecked[mark] = edit
        return edit

    def end(self, edit: Edit, told: str, answer: str = "") -> None:
        with self._lock:
            edit.told, edit.told_at, edit.answer = told, time.monotonic(), answer[:300]
            self.outcomes[told] += 1
            if told != CANCELLED:
                over = edit.told_at - edit.sent_at - edit.deadline_s
                self.longest_over = max(self.longest_over, (over, f"{edit.kind}: {told}"))
            if told == UNKNOWN:
                self._explain(edit)

    def _explain(self, edit: Edit) -> None:
        if edit.lived_through_death:
            self.unknown["Blender died"] += 1
        elif edit.paused:
            self.unknown["Blender was stopped"] += 1
        elif "still works on it" in edit.answer:
            self.unknown["Blender still worked on it when its time was over"] += 1
        else:
            self.unknown["UNEXPLAINED"] += 1
            self.findings.unexplained += 1
            self.findings.complain(f"unknown, though Blender lives: {edit.kind} {edit.mark}: {edit.answer!r}")

    # Of a Blender

    def blender_dies(self) -> None:
        """Just before it is killed: from here on the scene says nothing about what was asked for until now."""
        with self._lock:
            for edit in self._unchecked.values():
                edit.lived_through_death = True

    def blender_pauses(self, paused: bool) -> None:
        """Just before it is stopped, and when it goes on."""
        with self._lock:
            self._paused = paused
            for edit in self._unchecked.values():
                if edit.told is None:
                    edit.paused = True

    def settled(self) -> dict[str, Edit]:
        """Edits that have ended before now: whatever they do to the scene is done."""
        now = time.monotonic()
        with self._lock:
            return {mark: edit for mark, edit in self._unchecked.items()
                    if edit.told is not None and (edit.told != CANCELLED or now > edit.told_at + CANCELLED_FOR_S)}

    def check(self, settled: dict[str, Edit], look: Look) -> None:
        """`look` was taken after `settled`."""
        with self._lock:
            for mark, count in look.traces.items():
                self._see(mark, count)
            for mark, edit in settled.items():
                if edit.told == APPLIED and not edit.seen and not edit.lived_through_death:
                    self.findings.lost += 1
                    self.findings.complain(f"lost: {edit.kind} {mark}, told {edit.answer!r}")
                del self._unchecked[mark]
                self.checked += 1

    def _see(self, mark: str, count: int) -> None:
        edit = self._edits.get(mark)
        if edit is None:
            self.findings.phantoms += 1
            self.findings.complain(f"in the scene, and nobody asked for it: {mark}")
            return
        before, edit.seen = edit.seen, count if mark in self._unchecked else edit.seen + count
        if edit.seen > 1 and before <= 1:
            self.findings.duplicates += 1
            self.findings.complain(f"applied {edit.seen} times: {edit.kind} {mark}, told {edit.told}")
        # Not only when it is first seen: a look may have found it while its call was still open.
        if edit.told == NOT_APPLIED and not edit.phantom:
            edit.phantom = True
            self.findings.phantoms += 1
            self.findings.complain(f"told as not applied, and there: {edit.kind} {mark}: {edit.answer!r}")

    def unchecked(self) -> int:
        with self._lock:
            return len(self._unchecked)


def told_by(result: dict[str, Any]) -> tuple[str, str]:
    """What a tool result says about the scene, and its text."""
    text = "".join(block.get("text", "") for block in result["content"])
    if not result.get("isError"):
        return APPLIED, text
    about = result["_meta"]["blender-mcpd/error"]
    if about["outcome"] == "applied":
        return APPLIED, text
    if about["outcome"] != "unknown":
        return NOT_APPLIED, text
    # Blender itself says that it has stopped it.
    if " was stopped at its deadline" in text or " was interrupted" in text:
        return PARTLY, text
    return UNKNOWN, text
