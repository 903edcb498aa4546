"""Recovery copies: when they are made, what they say, and that they never get in the way."""

from __future__ import annotations

import json
import os
import shutil
import time
import unittest
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

from harness import PATIENCE_S, Blender, BlenderTestCase

MODULE = "from blender_mcpd_runtime import recovery\n"


class RecoveryTestCase(BlenderTestCase):
    INTERVAL_S = 3600.0

    @classmethod
    def setUpClass(cls) -> None:
        cls.blender = Blender(recovery={"interval_s": cls.INTERVAL_S})
        cls.folder = Path(cls.blender.folder / "recovery")
        cls.folder.mkdir(exist_ok=True)

    def place(self, x: float) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "location": [x, 0, 0]}])

    def notes(self) -> list[dict[str, Any]]:
        """What there is of copies, oldest first."""
        notes = []
        for path in self.folder.glob("*-*.json"):
            with suppress(FileNotFoundError):  # it has just made room for a new one
                notes.append(json.loads(path.read_text()))
        return sorted(notes, key=lambda note: note["number"])

    def status(self) -> dict[str, Any]:
        return self.client.call("status")["recovery"]

    def generation(self) -> int:
        return self.client.request("ping")["gen"]

    def wait_for(self, condition: Callable[[], bool], complaint: str) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > give_up:
                self.fail(f"{complaint}; {self.status()}; {self.notes()}")

    def is_copied(self) -> bool:
        notes = self.notes()
        return bool(notes) and notes[-1]["generation"] == self.generation()

    def open_note(self) -> dict[str, Any]:
        return json.loads((self.folder / "open.json").read_text())


class WhenTest(RecoveryTestCase):
    def test_the_first_edit_of_a_scene_is_copied_and_the_next_waits(self) -> None:
        self.place(1)
        self.wait_for(self.is_copied, "the first edit was not copied")
        first = self.notes()[-1]
        self.place(2)
        self.client.call("get_scene_info")
        self.assertEqual(self.notes()[-1], first)

    def test_a_script_is_preceded_by_a_copy(self) -> None:
        self.place(1)
        self.wait_for(self.is_copied, "the first edit was not copied")

        def copied_by_script() -> bool:
            # As soon as the cost of the last copy allows.
            self.place(3)
            generation = self.generation()
            self.client.run("result = 1")
            return self.notes()[-1]["generation"] == generation
        self.wait_for(copied_by_script, "no script was preceded by a copy")

    def test_a_scene_without_changes_is_not_copied(self) -> None:
        before = len(self.notes())
        self.client.call("get_scene_info")
        self.client.run("result = len(D.objects)")
        self.client.call("manage_file", action="new", discard_changes=True)
        self.assertEqual(len(self.notes()), before)

    def test_copying_is_no_edit(self) -> None:
        self.place(1)
        self.wait_for(self.is_copied, "the first edit was not copied")
        generation, dirty = self.generation(), self.client.call("status")["dirty"]
        self.client.run("result = 1")
        self.assertEqual((self.generation(), dirty), (generation, True))
        self.assertEqual(self.client.call("history", action="list")["undo"], ["Update Cube"])

    def test_what_is_open_is_noted(self) -> None:
        path = str(self.blender.folder / "noted.blend")
        self.assertEqual((self.open_note()["file"], self.open_note()["saved"]), ("", None))
        document = self.open_note()["document"]
        self.place(1)
        self.client.call("manage_file", action="save_as", path=path, overwrite=True)
        note = self.open_note()
        stat = os.stat(path)
        self.assertEqual((note["file"], note["saved"], note["document"]),
                         (path, {"mtime_ns": stat.st_mtime_ns, "size": stat.st_size}, document))
        self.client.call("manage_file", action="open", path=path)
        self.assertNotEqual(self.open_note()["document"], document)
        self.place(2)
        self.wait_for(self.is_copied, "the first edit was not copied")
        self.assertEqual((self.notes()[-1]["file"], self.notes()[-1]["document"]), (path, self.open_note()["document"]))


class TimedTest(RecoveryTestCase):
    INTERVAL_S = 0.1

    def test_an_edit_is_copied_although_nobody_calls_any_more(self) -> None:
        for x in range(1, 6):
            self.place(x)
            self.wait_for(self.is_copied, "the last edit was not copied")
        self.wait_for(lambda: (len(self.notes()), self.status()["copies"]) == (3, 3), "there are not three")
        self.assertEqual(len(list(self.folder.glob("*.blend"))), 3)
        self.assertEqual(self.status()["bytes"], sum(note["bytes"] for note in self.notes()))

    def test_copies_that_are_too_large_together(self) -> None:
        self.place(1)
        self.wait_for(self.is_copied, "the edit was not copied")
        size = self.notes()[-1]["bytes"]
        self.client.run(MODULE + f"recovery.MAX_BYTES = {int(size * 1.5)}")
        self.addCleanup(self.client.run, MODULE + "recovery.MAX_BYTES = 1 << 30")
        for x in (2, 3):
            self.place(x)
            self.wait_for(self.is_copied, "the edit was not copied")
        self.wait_for(lambda: len(self.notes()) == 1, "there is more than one")


class CostTest(RecoveryTestCase):
    INTERVAL_S = 0.1

    def test_copies_take_a_small_share_of_the_time(self) -> None:
        self.client.run(MODULE + "recovery.MAX_SHARE = 1e-6")
        self.place(1)
        self.wait_for(self.is_copied, "the edit was not copied")
        before = self.notes()[-1]
        self.place(2)
        self.client.run("import time; time.sleep(0.3)")  # far beyond the interval
        self.client.run("result = 1")
        self.assertEqual(self.notes()[-1], before)


class FailureTest(RecoveryTestCase):
    INTERVAL_S = 0.1

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        shutil.rmtree(cls.folder)
        cls.folder.write_text("in the way")

    def test_edits_go_on(self) -> None:
        self.place(1)
        self.wait_for(lambda: self.status()["error"] is not None, "the failure is not told")
        self.place(2)
        self.client.run("result = 1")
        self.assertEqual(self.object("Cube")["location"], [2, 0, 0])
        self.assertEqual(self.status()["copies"], 0)


class WithoutTest(BlenderTestCase):
    def test_no_settings_no_copies(self) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "location": [1, 0, 0]}])
        self.assertIsNone(self.client.call("status")["recovery"])


if __name__ == "__main__":
    unittest.main()
