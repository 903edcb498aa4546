"""history: undo, redo and checkpoints."""

from __future__ import annotations

import os
import shutil
import unittest
from pathlib import Path
from typing import Any

from harness import BlenderTestCase

BEFORE_RESTORE = "before restore"


class HistoryTestCase(BlenderTestCase):
    def setUp(self) -> None:
        super().setUp()
        for kept in self.history("list")["checkpoints"]:
            self.history("drop", name=kept["name"])

    def history(self, action: str, **args: Any) -> dict[str, Any]:
        result = self.client.call("history", action=action, **args)
        self.assertEqual((result["action"], result["generation"]), (action, self.generation()))
        return result

    def refused(self, kind: str, field: str | None, action: str, **args: Any) -> dict[str, Any]:
        return self.assertFails(kind, "history", {"action": action, **args}, field)

    def generation(self) -> int:
        return self.client.request("ping")["gen"]

    def place(self, x: float) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "location": [x, 0, 0]}])

    def x(self) -> float:
        return round(self.object("Cube")["location"][0], 4)


class StepsTest(HistoryTestCase):
    def build(self) -> None:
        self.client.call("create_objects", items=[{"kind": "cube", "name": "Bär 'n' [*] 1"}])
        self.place(3)
        self.client.call("delete_objects", names=["Light"])

    def test_each_edit_is_one_step_by_name_newest_first(self) -> None:
        self.assertEqual(self.history("list")["undo"], [])
        self.build()
        listed = self.history("list")
        self.assertEqual(listed["undo"], ["Delete Light", "Update Cube", "Create Bär 'n' [*] 1"])
        self.assertEqual((listed["redo"], listed["checkpoints"]), ([], []))
        self.assertEqual(listed["limits"], {"undo_steps": 32, "checkpoints": 20, "checkpoint_bytes": 2 << 30})

    def test_listing_is_no_edit(self) -> None:
        self.place(3)
        before = self.client.call("status")
        self.history("list")
        after = self.client.call("status")
        self.assertEqual((after["generation"], after["dirty"]), (before["generation"], before["dirty"]))

    def test_undo_and_redo(self) -> None:
        self.build()
        generation = self.generation()
        done = self.history("undo")
        self.assertEqual((done["steps"], done["changes"]["added"]), (["Delete Light"], ["Light"]))
        self.assertEqual(done["generation"], generation + 1)
        self.assertEqual(done["redo"], ["Delete Light"])
        done = self.history("undo", steps=2)
        self.assertEqual(done["steps"], ["Update Cube", "Create Bär 'n' [*] 1"])
        self.assertEqual(done["changes"]["removed"], ["Bär 'n' [*] 1"])
        self.assertIn("location", done["changes"]["changed"]["Cube"])
        self.assertEqual((done["undo"], self.x()), ([], 0))
        done = self.history("redo", steps=3)
        self.assertEqual(done["steps"], ["Create Bär 'n' [*] 1", "Update Cube", "Delete Light"])
        self.assertEqual((done["redo"], self.x()), ([], 3))
        self.assertEqual(done["changes"]["removed"], ["Light"])

    def test_undo_reports_only_what_changed(self) -> None:
        self.place(3)
        self.assertEqual(self.history("undo")["changes"],
                         {"added": [], "removed": [], "changed": {"Cube": ["location"]}})

    def test_what_is_not_there_is_refused_as_a_whole(self) -> None:
        self.place(3)
        self.place(4)
        generation = self.generation()
        error = self.refused("blender", "steps", "undo", steps=3)
        self.assertIn("Of 3 steps only 2", error["message"])
        self.assertIn("checkpoint", error["remedy"])
        self.assertIn("nothing that can be redone", self.refused("blender", "steps", "redo")["message"])
        self.assertEqual((self.x(), self.generation()), (4, generation))

    def test_undo_does_not_reach_the_file_before(self) -> None:
        self.place(3)
        self.client.call("manage_file", action="new", discard_changes=True)
        self.refused("blender", "steps", "undo")
        self.place(4)
        self.history("undo")
        self.refused("blender", "steps", "undo")
        self.assertEqual(self.x(), 0)

    def test_an_edit_ends_redo(self) -> None:
        self.place(3)
        self.place(4)
        self.history("undo")
        self.client.call("set_material", objects=["Cube"], material={"name": "Steel"})
        self.assertEqual(self.history("list")["redo"], [])
        self.history("undo", steps=2)
        self.assertEqual(self.x(), 0)

    def test_redo_does_not_bring_back_a_failed_call(self) -> None:
        self.place(3)
        self.client.run("from blender_mcpd_runtime import op_update\n"
                        "op_update._set_visible = None")
        self.addCleanup(self.client.run, "import importlib; from blender_mcpd_runtime import op_update\n"
                                         "importlib.reload(op_update)")
        self.assertFails("internal", "update_objects", {"items": [
            {"name": "Cube", "location": [9, 0, 0], "visible": False}]})
        self.assertEqual(self.x(), 3)
        self.refused("blender", "steps", "redo")

    def test_a_rolled_back_state_is_not_offered(self) -> None:
        self.place(3)
        self.client.run("D.objects['Cube'].location.x = 9; bpy.ops.ed.undo_push(message='Failed'); bpy.ops.ed.undo()")
        self.assertEqual(self.history("list")["redo"], [])
        self.refused("blender", "steps", "redo")
        self.assertEqual(self.x(), 3)

    def test_only_the_last_steps_are_kept(self) -> None:
        for x in range(1, 41):
            self.place(x)
        kept = len(self.history("list")["undo"])
        self.assertTrue(30 <= kept <= 33, kept)
        self.assertIn("32", self.refused("blender", "steps", "undo", steps=kept + 1)["message"])
        self.history("undo", steps=kept)
        self.assertEqual(self.x(), 40 - kept)

    def test_a_history_that_has_not_begun(self) -> None:
        self.assertEqual(self.client.run("from blender_mcpd_runtime.undo_stack import read_undo_stack\n"
                                         "bpy.ops.wm.read_homefile(load_ui=False)\n"
                                         "stack = read_undo_stack(); result = [stack.undo, stack.redo]"), [[], []])

    def test_scripts(self) -> None:
        self.client.run("D.meshes['Cube'].vertices[0].co.x = 9")
        self.client.run("D.objects['Cube'].location.x = 5")
        self.assertEqual(self.history("list")["undo"], ["Script", "Script"])
        self.history("undo", steps=2)
        self.assertEqual(self.client.run("result = D.meshes['Cube'].vertices[0].co.x"), 1)

    def test_an_edit_mode_that_a_script_left_on(self) -> None:
        self.client.run("bpy.context.view_layer.objects.active = D.objects['Cube']; bpy.ops.object.mode_set(mode='EDIT')\n"
                        "bpy.ops.mesh.select_all(action='SELECT'); bpy.ops.mesh.subdivide()")
        self.place(3)
        self.assertEqual(self.client.run("result = len(D.meshes['Cube'].vertices)"), 26)
        self.history("undo", steps=len(self.history("list")["undo"]))
        self.assertEqual(self.client.run("result = [C.mode, len(D.meshes['Cube'].vertices)]"), ["OBJECT", 8])
        self.assertEqual(self.x(), 0)

    def test_a_name_of_several_lines_stays_one_step(self) -> None:
        forged = "a\n[*   ]   0 {0} type='x', name='Original'"
        self.client.call("update_objects", items=[{"name": "Cube", "rename": forged}])
        undo = self.history("list")["undo"]
        self.assertEqual(len(undo), 1)
        self.assertTrue(undo[0].startswith("Update a [*"), undo)

    def test_an_undo_is_an_edit_to_those_who_watch(self) -> None:
        self.place(3)
        watcher = self.connect()
        watcher.call("watch")
        self.history("undo")
        event = watcher.read()[0]
        self.assertEqual((event["event"], event["gen"], event["changed"]), ("scene", self.generation(), ["Cube"]))
        self.assertTrue(self.client.call("status")["dirty"])

    def test_without_global_undo_it_says_so(self) -> None:
        self.client.run("C.preferences.edit.use_global_undo = False")
        self.addCleanup(self.client.run, "C.preferences.edit.use_global_undo = True")
        error = self.refused("blender", None, "undo")
        self.assertIn("Global Undo is off", error["message"])
        self.assertIn("checkpoints", error["remedy"])
        listed = self.history("list")
        self.assertEqual(listed["undo"], [])
        self.assertIn("Global Undo is off", listed["note"])
        self.history("checkpoint", name="a")
        self.history("restore", name="a")


class CheckpointTest(HistoryTestCase):
    @property
    def folder(self) -> Path:
        return self.blender.folder / "checkpoints"

    def names(self) -> list[str]:
        return [kept["name"] for kept in self.history("list")["checkpoints"]]

    def limit(self, **limits: int) -> None:
        """Other limits until the test ends."""
        module = "from blender_mcpd_runtime import checkpoints as c\n"
        for name, value in limits.items():
            saved = self.client.run(f"{module}result = c.{name}; c.{name} = {value}")
            self.addCleanup(self.client.run, f"{module}c.{name} = {saved}")

    def test_restore_of_a_file_keeps_its_path(self) -> None:
        path = self.path("Grüße.blend")
        self.client.call("manage_file", action="save_as", path=path)
        on_disk = Path(path).read_bytes()
        self.place(3)
        made = self.history("checkpoint", name="three")
        self.assertEqual(made["dropped"], [])
        self.assertEqual((made["checkpoint"]["name"], made["checkpoint"]["file"]), ("three", path))
        self.assertRegex(made["checkpoint"]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(self.client.call("status")["file"], path)
        self.place(4)
        generation = self.generation()
        restored = self.history("restore", name="three")
        self.assertEqual((restored["file"], restored["dirty"], self.x()), (path, True, 3))
        self.assertEqual(restored["changes"]["changed"], {f"file:{path}": ["restored"]})
        self.assertGreater(restored["generation"], generation)
        status = self.client.call("status")
        self.assertEqual((status["file"], status["dirty"]), (path, True))
        self.assertEqual(Path(path).read_bytes(), on_disk)
        self.assertEqual(os.listdir(os.path.dirname(path)), ["Grüße.blend"])
        self.assertFalse(self.client.call("manage_file", action="save")["dirty"])
        self.client.call("manage_file", action="open", path=path)
        self.assertEqual(self.x(), 3)

    def test_restore_of_a_scene_without_a_file(self) -> None:
        self.place(3)
        self.history("checkpoint", name="three")
        self.client.call("delete_objects", names=["Cube"])
        restored = self.history("restore", name="three")
        self.assertEqual((restored["file"], restored["dirty"], self.x()), ("", True, 3))
        self.assertIn("file:untitled", restored["changes"]["changed"])
        self.assertEqual(self.client.call("status")["file"], "")
        self.assertIn("save_as", self.assertFails("blender", "manage_file", {"action": "save"})["remedy"])

    def test_restore_across_files(self) -> None:
        path = self.path("a.blend")
        self.client.call("manage_file", action="save_as", path=path)
        self.history("checkpoint", name="a")
        self.client.call("manage_file", action="new", use_empty=True)
        self.assertEqual(self.history("restore", name="a")["file"], path)
        self.assertEqual(self.history("restore", name=BEFORE_RESTORE)["file"], "")
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 0)

    def test_relative_paths_and_libraries_still_lead_there(self) -> None:
        path, library = self.path("a.blend"), self.path("lib.blend")
        self.client.run(f"D.libraries.write({library!r}, {{D.objects['Light']}})")
        self.client.call("manage_file", action="save_as", path=path)
        self.client.run(f"i = D.images.new('Pixel', 1, 1); i.use_fake_user = True\n"
                        f"i.filepath_raw = '//pixel.png'; i.source = 'FILE'\n"
                        f"with D.libraries.load({library!r}, link=True, relative=True) as (there, here):\n"
                        f"    here.objects = ['Light']\n"
                        f"C.scene.collection.objects.link(here.objects[0])")
        self.history("checkpoint", name="a")
        self.history("restore", name="a")
        self.assertEqual(self.client.run("result = [D.images['Pixel'].filepath, D.libraries[0].filepath]"),
                         ["//pixel.png", "//lib.blend"])
        self.assertFalse(self.client.run("result = any(o.is_missing if hasattr(o, 'is_missing') else False "
                                         "for o in D.objects)"))
        self.assertEqual(self.client.run("result = [o.type for o in D.objects if o.library]"), ["LIGHT"])

    def test_an_edit_that_is_still_in_edit_mode_is_kept(self) -> None:
        self.client.run("bpy.context.view_layer.objects.active = D.objects['Cube']; bpy.ops.object.mode_set(mode='EDIT')\n"
                        "bpy.ops.mesh.select_all(action='SELECT'); bpy.ops.mesh.subdivide()")
        self.history("checkpoint", name="a")
        self.client.call("manage_file", action="new", discard_changes=True)
        self.history("restore", name="a")
        self.assertEqual(self.client.run("result = len(D.meshes['Cube'].vertices)"), 26)

    def test_a_scene_with_much_in_it_is_the_same_again(self) -> None:
        self.client.call("create_objects", items=[
            {"kind": "sphere", "name": f"Ball {n}", "location": [n, 0, 0], "collection": "Props",
             "material": {"name": f"M{n}", "metallic": 0.5}} for n in range(20)])
        self.client.run("C.scene.frame_current = 7; C.scene.render.engine = 'CYCLES'")
        before = self.client.call("get_scene_info", detail="full", limit=200)
        self.history("checkpoint", name="a")
        self.client.run("for o in list(D.objects): D.objects.remove(o)")
        self.history("restore", name="a")
        after = self.client.call("get_scene_info", detail="full", limit=200)
        for told in (before, after):
            del told["generation"]
        self.assertEqual(after, before)

    def test_undo_after_restore_stays_in_the_restored_file(self) -> None:
        self.history("checkpoint", name="a")
        self.place(3)
        self.assertIn("starts anew", self.history("restore", name="a")["note"])
        self.refused("blender", "steps", "undo")
        self.place(4)
        self.history("undo")
        self.assertEqual(self.x(), 0)
        self.refused("blender", "steps", "undo")

    def test_a_restore_can_be_taken_back(self) -> None:
        self.history("checkpoint", name="a")
        self.place(3)
        self.history("restore", name="a")
        self.assertEqual(self.names(), [BEFORE_RESTORE, "a"])
        self.history("restore", name=BEFORE_RESTORE)
        self.assertEqual((self.x(), self.names()), (3, [BEFORE_RESTORE, "a"]))
        self.history("restore", name=BEFORE_RESTORE)
        self.assertEqual(self.x(), 0)
        self.assertEqual(len(os.listdir(self.folder)), 2)

    def test_watchers_hear_of_the_file(self) -> None:
        path = self.path("a.blend")
        self.client.call("manage_file", action="save_as", path=path)
        self.history("checkpoint", name="a")
        watcher = self.connect()
        watcher.call("watch")
        self.history("restore", name="a")
        event = watcher.read()[0]
        self.assertEqual((event["gen"], event["file"]), (self.generation(), path))

    def test_a_checkpoint_is_no_edit(self) -> None:
        self.place(3)
        before = self.client.call("status")
        undo = self.history("list")["undo"]
        self.history("checkpoint", name="a")
        self.history("drop", name="a")
        after = self.client.call("status")
        for member in ("file", "dirty", "generation"):
            self.assertEqual(after[member], before[member])
        self.assertEqual(self.history("list")["undo"], undo)

    def test_checkpoints_are_private_and_dropped_from_disk(self) -> None:
        self.history("checkpoint", name="../../a b/ü")
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
        listed = self.history("list")["checkpoints"]
        files = list(self.folder.iterdir())
        self.assertEqual([file.stat().st_size for file in files], [kept["bytes"] for kept in listed])
        self.assertEqual(self.history("drop", name="../../a b/ü")["dropped"], ["../../a b/ü"])
        self.assertEqual((self.names(), os.listdir(self.folder)), ([], []))

    def test_names(self) -> None:
        self.history("checkpoint", name="lights")
        self.assertIn("drop", self.refused("invalid", "name", "checkpoint", name="lights")["remedy"])
        self.refused("invalid", "name", "checkpoint", name=BEFORE_RESTORE)
        for action in ("restore", "drop"):
            self.assertIn("'lights'", self.refused("not_found", "name", action, name="Light")["message"])
        for action in ("checkpoint", "restore", "drop"):
            self.refused("invalid", "name", action)
        for action in ("list", "undo", "redo"):
            self.refused("invalid", "name", action, name="a")
        for action in ("list", "checkpoint", "restore", "drop"):
            self.refused("invalid", "steps", action, steps=1)
        self.assertEqual(self.names(), ["lights"])

    def test_the_oldest_is_dropped_and_told(self) -> None:
        self.limit(MAX_COUNT=2)
        self.history("checkpoint", name="1")
        self.history("checkpoint", name="2")
        self.assertEqual(self.history("checkpoint", name="3")["dropped"], ["1"])
        self.assertEqual(self.names(), ["3", "2"])
        self.assertEqual(len(os.listdir(self.folder)), 2)
        self.assertEqual(self.history("restore", name="2")["dropped"], ["2"])
        self.assertEqual(self.names(), [BEFORE_RESTORE, "3"])

    def test_all_together_have_a_limit(self) -> None:
        size = self.history("checkpoint", name="1")["checkpoint"]["bytes"]
        self.limit(MAX_BYTES=size * 5 // 2)
        self.assertEqual(self.history("checkpoint", name="2")["dropped"], [])
        self.assertEqual(self.history("checkpoint", name="3")["dropped"], ["1"])
        self.limit(MAX_BYTES=size // 2)
        error = self.refused("blender", None, "checkpoint", name="4")
        self.assertIn("save_as", error["remedy"])
        self.assertEqual(self.names(), ["3", "2"])
        self.assertEqual(len(os.listdir(self.folder)), 2)

    def spoil(self) -> None:
        for file in self.folder.iterdir():
            file.write_bytes(b"x" * file.stat().st_size)

    def test_a_checkpoint_whose_file_is_gone_or_cut(self) -> None:
        for damage in (Path.unlink, lambda file: os.truncate(file, 100)):
            self.history("checkpoint", name="a")
            for file in self.folder.iterdir():
                damage(file)
            self.assertIn("lost", self.refused("not_found", "name", "restore", name="a")["message"])
            self.assertEqual((self.names(), os.listdir(self.folder)), ([], []))

    def test_a_checkpoint_of_a_file_that_cannot_be_read_changes_nothing(self) -> None:
        self.client.call("manage_file", action="save_as", path=self.path("a.blend"))
        self.history("checkpoint", name="a")
        self.spoil()
        self.place(3)
        self.refused("blender", None, "restore", name="a")
        self.assertEqual((self.x(), self.names(), len(os.listdir(self.folder))), (3, ["a"], 1))
        self.assertEqual(self.history("list")["undo"], ["Update Cube"])

    def test_a_checkpoint_without_a_file_that_cannot_be_read_loses_nothing(self) -> None:
        self.history("checkpoint", name="a")
        self.spoil()
        self.place(3)
        generation = self.generation()
        error = self.refused("blender", None, "restore", name="a")
        self.assertIn("default scene", error["message"])
        self.assertIn("file:untitled", error["details"]["changes"]["changed"])
        self.assertGreater(self.generation(), generation)
        self.history("restore", name=BEFORE_RESTORE)
        self.assertEqual(self.x(), 3)

    def test_a_folder_that_cannot_be_written(self) -> None:
        self.history("checkpoint", name="a")
        hidden = self.folder.with_name("hidden")  # nobody looks there
        self.folder.rename(hidden)
        self.folder.write_text("in the way")
        try:
            error = self.refused("blender", None, "checkpoint", name="b")
            self.assertIn("could not be written", error["message"])
            self.refused("not_found", "name", "restore", name="a")
        finally:
            self.folder.unlink()
            shutil.rmtree(hidden)
        self.history("checkpoint", name="b")
        self.assertEqual(self.names(), ["b"])

    def test_a_full_disk_leaves_nothing_behind(self) -> None:
        self.history("checkpoint", name="a")
        self.place(3)
        limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" \
                "resource.setrlimit(resource.RLIMIT_FSIZE, (%s, resource.RLIM_INFINITY))"
        self.client.run(limit % 50_000)
        try:
            for args in ({"action": "checkpoint", "name": "b"}, {"action": "restore", "name": "a"}):
                error = self.assertFails("blender", "history", args)
                self.assertIn("could not be written", error["message"])
                self.assertIn("drop", error["remedy"])
        finally:
            self.client.run(limit % "resource.RLIM_INFINITY")
        self.assertEqual((self.x(), self.names(), len(os.listdir(self.folder))), (3, ["a"], 1))

    def test_pixels_that_a_file_does_not_hold_are_told(self) -> None:
        self.assertNotIn("note", self.history("checkpoint", name="a"))
        self.client.run("i = D.images.new('Painted', 4, 4); i.use_fake_user = True; i.pixels[0] = 0.5")
        self.assertIn("'Painted'", self.history("checkpoint", name="b")["note"])
        self.client.run("D.images['Painted'].pack()")
        self.assertNotIn("note", self.history("checkpoint", name="c"))
        self.client.run("D.images['Painted'].pixels[0] = 0.25")
        self.assertIn("'Painted'", self.history("restore", name="c")["note"])
        self.assertAlmostEqual(self.client.run("result = D.images['Painted'].pixels[0]"), 0.5, 1)

    def test_scripts_of_the_file_do_not_run(self) -> None:
        self.client.run("C.preferences.filepaths.use_scripts_auto_execute = True\n"
                        "t = D.texts.new('start.py'); t.use_module = True\n"
                        "t.write('import bpy; bpy.app.driver_namespace[\"ran\"] = 1')")
        self.addCleanup(self.client.run, "C.preferences.filepaths.use_scripts_auto_execute = False")
        self.history("checkpoint", name="untitled")
        self.client.call("manage_file", action="save_as", path=self.path("a.blend"))
        self.history("checkpoint", name="a file")
        for name in ("untitled", "a file"):
            self.history("restore", name=name)
            self.assertFalse(self.client.run("result = 'ran' in bpy.app.driver_namespace"), name)
        self.assertTrue(self.client.run("result = C.preferences.filepaths.use_scripts_auto_execute"))


if __name__ == "__main__":
    unittest.main()
