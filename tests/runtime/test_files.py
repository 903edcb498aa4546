"""manage_file and save_snapshot."""

from __future__ import annotations

import os
import unittest
from pathlib import Path
from typing import Any

from harness import BlenderTestCase


class FileTest(BlenderTestCase):
    def manage(self, action: str, **args: Any) -> dict[str, Any]:
        return self.client.call("manage_file", action=action, **args)

    def touch_scene(self, x: float = 1) -> None:
        self.client.call("update_objects", items=[{"name": "Cube", "location": [x, 0, 0]}])

    def test_save_as_open_and_serve_on(self) -> None:
        path = self.path("Grüße.blend")
        self.touch_scene(4)
        self.assertTrue(self.client.call("get_scene_info")["dirty"])
        saved = self.manage("save_as", path=path)
        self.assertEqual((saved["file"], saved["dirty"], saved["bytes"]), (path, False, os.path.getsize(path)))
        status = self.client.call("status")
        self.assertEqual((status["file"], status["dirty"]), (path, False))
        self.manage("new")
        self.assertEqual(self.client.call("status")["file"], "")
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])
        opened = self.manage("open", path=path)
        self.assertEqual((opened["file"], opened["dirty"]), (path, False))
        self.assertVector(self.object("Cube")["location"], [4, 0, 0])
        self.assertEqual(self.client.run("result = C.scene.name"), "Scene")

    def test_save(self) -> None:
        path = self.path("a.blend")
        error = self.assertFails("blender", "manage_file", {"action": "save"})
        self.assertIn("save_as", error["remedy"])
        self.manage("save_as", path=path)
        self.touch_scene(2)
        self.assertFalse(self.manage("save")["dirty"])
        self.assertFails("invalid", "manage_file", {"action": "save", "path": self.path("b.blend")}, "path")
        self.manage("new")
        self.manage("open", path=path)
        self.assertVector(self.object("Cube")["location"], [2, 0, 0])

    def test_unsaved_changes_are_not_lost(self) -> None:
        path = self.path("a.blend")
        self.manage("save_as", path=path)
        self.touch_scene()
        for args in ({"action": "new"}, {"action": "open", "path": path}):
            with self.subTest(args=args):
                error = self.assertFails("blender", "manage_file", args, "discard_changes")
                self.assertIn("discard_changes", error["remedy"])
                self.assertVector(self.object("Cube")["location"], [1, 0, 0])
        self.manage("open", path=path, discard_changes=True)
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])

    def test_what_makes_a_scene_dirty(self) -> None:
        cases = {
            "a typed operation": lambda: self.touch_scene(),
            "a script": lambda: self.client.run("D.objects['Cube'].location.y = 3"),
            "a script that failed": lambda: self.client.request("execute_blender_code", {
                "code": "D.objects['Cube'].location.y = 3; 1/0"}),
            "a mesh edit": lambda: self.client.run("D.meshes['Cube'].vertices[0].co.x = 9"),
            "a save by a script, then an edit": lambda: self.client.run(
                f"bpy.ops.wm.save_as_mainfile(filepath={self.path('c.blend')!r}); D.objects['Cube'].location.y = 3"),
        }
        for name, act in cases.items():
            with self.subTest(name):
                self.manage("new", discard_changes=True)
                act()
                self.assertTrue(self.client.call("status")["dirty"])

    def test_what_leaves_a_scene_clean(self) -> None:
        path = self.path("a.blend")
        cases = {
            "reading": "result = [o.name for o in D.objects]",
            "a save by a script": f"D.objects['Cube'].location.y = 3; bpy.ops.wm.save_as_mainfile(filepath={path!r})",
        }
        for name, code in cases.items():
            with self.subTest(name):
                self.manage("new", discard_changes=True)
                self.client.run(code)
                self.assertFalse(self.client.call("status")["dirty"])

    def test_a_copy_saved_by_a_script_does_not_count(self) -> None:
        self.client.run(f"D.objects['Cube'].location.y = 3\n"
                        f"bpy.ops.wm.save_as_mainfile(filepath={self.path('copy.blend')!r}, copy=True)")
        self.assertTrue(self.client.call("status")["dirty"])

    def test_save_as_does_not_overwrite_unasked(self) -> None:
        path, other = self.path("a.blend"), self.path("b.blend")
        Path(other).write_bytes(b"precious")
        self.manage("save_as", path=path)
        self.manage("save_as", path=path)  # the open file itself
        error = self.assertFails("blender", "manage_file", {"action": "save_as", "path": other}, "path")
        self.assertIn("overwrite", error["remedy"])
        self.assertEqual(Path(other).read_bytes(), b"precious")
        self.manage("save_as", path=other, overwrite=True)
        self.assertEqual(self.client.call("status")["file"], other)

    def test_bad_paths(self) -> None:
        text = self.path("text.blend")
        Path(text).write_text("not a blend file")
        cases = [
            ("invalid", {"action": "open"}),
            ("invalid", {"action": "save_as"}),
            ("invalid", {"action": "save_as", "path": "relative.blend"}),
            ("invalid", {"action": "save_as", "path": "/tmp/file.obj"}),
            ("not_found", {"action": "save_as", "path": "/no/such/folder/a.blend"}),
            ("not_found", {"action": "open", "path": "/no/such/file.blend"}),
            ("invalid", {"action": "open", "path": "~/a.blend"}),
        ]
        for kind, args in cases:
            with self.subTest(args=args):
                self.assertFails(kind, "manage_file", args, "path")
        self.assertFails("blender", "manage_file", {"action": "open", "path": text})
        self.assertEqual(self.object("Cube")["name"], "Cube")

    def test_new_can_be_empty(self) -> None:
        result = self.manage("new", use_empty=True)
        self.assertEqual((result["file"], result["dirty"]), ("", False))
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 0)
        self.client.call("create_objects", items=[{"kind": "cube"}])
        self.client.run("bpy.ops.ed.undo()")
        self.assertEqual(self.client.call("get_scene_info")["object_count"], 0)

    def test_revert(self) -> None:
        self.assertIn("never been saved", self.assertFails("blender", "manage_file", {"action": "revert"})["message"])
        path = self.path("a.blend")
        self.manage("save_as", path=path)
        self.client.call("delete_objects", names=["Cube"])
        self.assertFails("blender", "manage_file", {"action": "revert"}, "discard_changes")
        result = self.manage("revert", discard_changes=True)
        self.assertEqual((result["action"], result["file"], result["dirty"]), ("revert", path, False))
        self.assertEqual(self.object("Cube")["name"], "Cube")

    def test_pack_and_missing_files(self) -> None:
        self.client.run(f"i = D.images.new('x', 4, 4); i.filepath_raw = {self.path('a.png')!r}; i.file_format = 'PNG'; "
                        f"i.save(); D.images.remove(i); i = D.images.load({self.path('a.png')!r}); i.use_fake_user = True\n"
                        f"m = D.images.new('gone', 4, 4); m.source = 'FILE'; m.filepath = {self.path('gone.png')!r}")
        gone = {"kind": "image", "name": "gone", "path": self.path("gone.png")}
        missing = self.manage("missing_files")
        self.assertEqual((missing["missing"], missing["changes"]["changed"]), ([gone], {}))
        packed = self.manage("pack")
        self.assertEqual([entry["name"] for entry in packed["packed"]], ["a.png"])
        self.assertEqual(packed["missing"], [gone])
        self.assertEqual(packed["changes"]["changed"], {"image:a.png": ["packed_file"]})
        self.assertTrue(self.client.run("result = D.images['a.png'].packed_file is not None"))
        generation = packed["generation"]
        again = self.manage("pack")
        self.assertEqual((again["packed"], again["generation"]), ([], generation))

    def test_pack_takes_nothing_from_elsewhere(self) -> None:
        self.client.run(f"i = D.images.new('x', 4, 4); i.filepath_raw = {self.path('a.png')!r}; i.file_format = 'PNG'; "
                        f"i.save(); D.images.remove(i); i = D.images.load({self.path('a.png')!r}); i.use_fake_user = True")
        refused = self.assertFails("blender", "manage_file", {"action": "pack", "folders": [self.path("other")]})
        self.assertIn("outside of the allowed folders", refused["message"])
        self.assertFalse(self.client.run("result = D.images['a.png'].packed_file is not None"))
        self.assertEqual(len(self.manage("pack", folders=[os.path.dirname(self.path("a.png"))])["packed"]), 1)

    def test_recent(self) -> None:
        folder = self.client.run("result = bpy.utils.user_resource('CONFIG', create=True)")
        self.assertEqual(self.manage("recent")["recent"], [])
        with open(os.path.join(folder, "recent-files.txt"), "w", encoding="utf-8") as file:
            file.write("/nowhere/ä.blend\n" + __file__ + "\n")
        self.addCleanup(os.remove, file.name)
        self.assertEqual(self.manage("recent")["recent"],
                         [{"path": "/nowhere/ä.blend", "exists": False}, {"path": __file__, "exists": True}])

    def test_the_undo_history_starts_anew(self) -> None:
        for x in (5, 6):
            self.touch_scene(x)
        self.manage("new", discard_changes=True)
        self.client.call("delete_objects", names=["Cube"])
        for _ in range(3):
            self.client.run("if bpy.ops.ed.undo.poll(): bpy.ops.ed.undo()")
            self.assertVector(self.object("Cube")["location"], [0, 0, 0])

    def test_every_load_is_a_new_generation(self) -> None:
        before = self.client.call("status")["generation"]
        self.assertEqual(self.manage("new")["generation"], before + 1)

    def test_snapshot_changes_nothing(self) -> None:
        path, open_file = self.path("snapshot.blend"), self.path("open.blend")
        self.manage("save_as", path=open_file)
        self.touch_scene(7)
        before = self.client.call("status")
        self.assertEqual(self.client.call("save_snapshot", path=path), {"path": path, "bytes": os.path.getsize(path)})
        after = self.client.call("status")
        for member in ("file", "dirty", "generation"):
            self.assertEqual(after[member], before[member])
        self.client.call("save_snapshot", path=path)  # over the last one
        self.manage("open", path=path, discard_changes=True)
        self.assertVector(self.object("Cube")["location"], [7, 0, 0])

    def test_snapshot_remaps_relative_paths(self) -> None:
        folder = self.blender.folder / "elsewhere"
        folder.mkdir(exist_ok=True)
        self.manage("save_as", path=self.path("a.blend"))
        self.client.run("i = D.images.new('Pixel', 1, 1); i.use_fake_user = True\n"
                        "i.filepath_raw = '//pixel.png'; i.source = 'FILE'")
        snapshot = folder / "snapshot.blend"
        self.client.call("save_snapshot", path=str(snapshot))
        self.assertEqual(self.client.run("result = D.images['Pixel'].filepath"), "//pixel.png")
        self.manage("open", path=str(snapshot), discard_changes=True)
        self.assertEqual(self.client.run("result = bpy.path.abspath(D.images['Pixel'].filepath)").replace(
            "elsewhere/../", ""), str(self.blender.folder / "users files" / "pixel.png"))


if __name__ == "__main__":
    unittest.main()
