"""The oracle finds what it is there for; the proxy's faults are those of the plan."""

from __future__ import annotations

import sys
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from faults import DIRECTIONS, KINDS, Plan  # noqa: E402
from ledger import APPLIED, CANCELLED, NOT_APPLIED, PARTLY, UNKNOWN, Edit, Ledger, told_by  # noqa: E402
from looking import Look  # noqa: E402
from proxy import STRIKES, FrameCounter  # noqa: E402


class LedgerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.ledger = Ledger()

    def edit(self, told: str) -> Edit:
        edit = self.ledger.begin(f"mark-{told}", "create_objects", 2.0)
        self.ledger.end(edit, told)
        return edit

    def look(self, **traces: int) -> None:
        found = Counter({mark.replace("_", "-", 1).replace("_", " "): count for mark, count in traces.items()})
        self.ledger.check(self.ledger.settled(), Look(found, 1))

    def counts(self) -> tuple[int, int, int, int]:
        found = self.ledger.findings
        return found.duplicates, found.lost, found.phantoms, found.unexplained

    def test_what_was_told_is_there(self) -> None:
        self.edit(APPLIED), self.edit(NOT_APPLIED), self.edit(PARTLY)
        self.look(mark_applied=1)
        self.assertEqual(self.counts(), (0, 0, 0, 0))
        self.assertEqual(self.ledger.findings.broken, 0)

    def test_lost(self) -> None:
        self.edit(APPLIED)
        self.look()
        self.assertEqual(self.counts(), (0, 1, 0, 0))

    def test_a_duplicate_is_one_finding(self) -> None:
        self.edit(APPLIED)
        self.look(mark_applied=2)
        self.assertEqual(self.counts(), (1, 0, 0, 0))

    def test_a_duplicate_that_comes_after_the_first_was_removed(self) -> None:
        self.edit(APPLIED)
        self.look(mark_applied=1)
        self.look(mark_applied=1)
        self.assertEqual(self.counts(), (1, 0, 0, 0))

    def test_seen_twice_before_it_has_ended_is_no_duplicate(self) -> None:
        edit = self.ledger.begin("mark-slow", "create_objects", 2.0)
        self.look(mark_slow=1)
        self.look(mark_slow=1)
        self.ledger.end(edit, APPLIED)
        self.look(mark_slow=1)
        self.assertEqual(self.counts(), (0, 0, 0, 0))

    def test_a_phantom_at_once_late_and_of_nobody(self) -> None:
        self.edit(NOT_APPLIED)
        self.look()
        self.assertEqual(self.counts(), (0, 0, 0, 0))
        self.look(mark_not_applied=1)
        self.assertEqual(self.counts(), (0, 0, 1, 0))
        self.look(mark_nobody=1)
        self.assertEqual(self.counts(), (0, 0, 2, 0))

    def test_a_phantom_that_was_there_before_its_call_ended(self) -> None:
        edit = self.ledger.begin("mark-slow", "create_objects", 2.0)
        self.look(mark_slow=1)
        self.ledger.end(edit, NOT_APPLIED)
        self.assertEqual(self.counts(), (0, 0, 0, 0))
        self.look(mark_slow=1)
        self.assertEqual(self.counts(), (0, 0, 1, 0))

    def test_what_was_taken_back_before_its_call_ended_is_no_phantom(self) -> None:
        edit = self.ledger.begin("mark-slow", "create_objects", 2.0)
        self.look(mark_slow=1)
        self.ledger.end(edit, NOT_APPLIED)
        self.look()
        self.assertEqual(self.counts(), (0, 0, 0, 0))

    def test_unknown_needs_a_reason(self) -> None:
        self.edit(UNKNOWN)
        self.assertEqual(self.counts(), (0, 0, 0, 1))
        edit = self.ledger.begin("mark-killed", "create_objects", 2.0)
        self.ledger.blender_dies()
        self.ledger.end(edit, UNKNOWN)
        self.assertEqual(self.counts(), (0, 0, 0, 1))

    def test_a_stopped_blender_explains_what_ran_meanwhile(self) -> None:
        before = self.ledger.begin("mark-before", "create_objects", 2.0)
        self.ledger.blender_pauses(True)
        during = self.ledger.begin("mark-during", "create_objects", 2.0)
        self.ledger.end(before, UNKNOWN)
        self.ledger.blender_pauses(False)
        self.ledger.end(during, UNKNOWN)
        self.assertEqual(self.ledger.unknown, {"Blender was stopped": 2})
        self.edit(UNKNOWN)
        self.assertEqual(self.counts(), (0, 0, 0, 1))

    def test_a_death_explains_a_loss_and_no_phantom(self) -> None:
        self.edit(APPLIED), self.edit(NOT_APPLIED)
        self.ledger.blender_dies()
        self.look(mark_not_applied=1)
        self.assertEqual(self.counts(), (0, 0, 1, 0))

    def test_a_cancelled_edit_may_be_there_once(self) -> None:
        self.edit(CANCELLED)  # not settled for a while
        self.look(mark_cancelled=1)
        self.look(mark_cancelled=1)
        self.assertEqual(self.counts(), (0, 0, 0, 0))
        self.look(mark_cancelled=2)
        self.assertEqual(self.counts(), (1, 0, 0, 0))


class ToldTest(unittest.TestCase):
    def test_what_a_result_says(self) -> None:
        def result(outcome: str, text: str = "No") -> dict[str, object]:
            return {"isError": True, "content": [{"type": "text", "text": text}],
                    "_meta": {"blender-mcpd/error": {"outcome": outcome}}}
        self.assertEqual(told_by({"content": []})[0], APPLIED)
        self.assertEqual(told_by(result("applied"))[0], APPLIED)
        self.assertEqual(told_by(result("not_applied"))[0], NOT_APPLIED)
        self.assertEqual(told_by(result("unknown"))[0], UNKNOWN)
        self.assertEqual(told_by(result("unknown", "The script was stopped at its deadline"))[0], PARTLY)


class PlanTest(unittest.TestCase):
    def test_a_seed_repeats_its_plan(self) -> None:
        def faults(seed: str) -> list[object]:
            plan = Plan(seed, 3.0)
            drawn = []
            for _ in range(200):
                for direction in DIRECTIONS:
                    drawn.append(plan.next(direction))
                    plan.done(direction)
            return drawn
        self.assertEqual(faults("1"), faults("1"))
        self.assertNotEqual(faults("1"), faults("2"))
        self.assertEqual({fault.kind for fault in faults("1")}, set(KINDS))

    def test_every_fault_can_strike(self) -> None:
        self.assertEqual(set(STRIKES), set(KINDS))


class FrameCounterTest(unittest.TestCase):
    def test_frames_are_counted_byte_by_byte_and_at_once(self) -> None:
        stream = b"\0\0\0\2\0\0\0\1{}x" + b"\0\0\0\1\0\0\0\0{"
        for size in (1, 3, len(stream)):
            counter = FrameCounter()
            for begin in range(0, len(stream), size):
                counter.feed(stream[begin:begin + size])
            self.assertTrue(counter.at_boundary)
        counter.feed(b"\0\0")
        self.assertEqual((counter.at_boundary, counter.missing), (False, 6))


if __name__ == "__main__":
    unittest.main()
