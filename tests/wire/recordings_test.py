"""Every message that the unit tests of the transports and the SDK clients have sent and received, judged by its schema.

scripts/test records them: $MCPD_TEST_RECORDINGS has a folder for each of the two.
"""

from __future__ import annotations

import os
import unittest
from pathlib import Path

import wire_judge
from known import KNOWN


class RecordingsTest(unittest.TestCase):
    maxDiff = None

    def check(self, folder: str, least: int) -> None:
        recorded = Path(os.environ.get("MCPD_TEST_RECORDINGS") or "/nonexistent") / folder
        if not recorded.is_dir() or not any(recorded.iterdir()):
            self.skipTest("nothing was recorded")
        recordings = wire_judge.read(recorded)
        found, judged = wire_judge.judge(recordings)
        print(f"{folder}: {judged} messages in {len(recordings)} conversations")
        self.assertGreater(judged, least, "hardly anything was recorded")
        names = {recording.name for recording in recordings}
        known = {(name, sender, fault) for where, name, sender, fault in KNOWN if where == folder and name in names}
        new = [fault for fault in found if (fault.name, fault.sender, fault.text) not in known]
        self.assertEqual(new, [])
        self.assertEqual(known - {(fault.name, fault.sender, fault.text) for fault in found}, set(), "stale entries")

    def test_unit_tests_of_the_transports(self) -> None:
        self.check("unit", 5_000)

    def test_clients_of_the_sdks_and_the_inspector(self) -> None:
        self.check("interop", 500)


if __name__ == "__main__":
    unittest.main()
