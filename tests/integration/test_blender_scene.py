"""The main job: build a scene, look at it, change it, keep it."""

from __future__ import annotations

import json
from pathlib import Path

from client import SharedDaemonTestCase

SHAPES = ["cube", "sphere", "ico_sphere", "cylinder", "cone", "torus", "plane", "circle", "grid", "monkey"]


class BuildTest(SharedDaemonTestCase):
    def test_what_was_created_is_seen(self) -> None:
        made = self.client.do("create_objects", items=[
            {"kind": "plane", "name": "Ground", "size": 10, "material": {"name": "Stone", "base_color": "#808080"}},
            {"kind": "cube", "name": "Box", "location": [0, 0, 1], "rotation": [0, 0, 45], "collection": "Props"},
            {"kind": "light", "name": "Sun", "light": {"type": "sun", "energy": 3}, "rotation": [30, 0, 0]},
            {"kind": "camera", "name": "Eye", "location": [6, -6, 4], "look_at": "Box", "camera": {"active": True}},
        ])
        self.assertEqual([(item["name"], item["type"]) for item in made["created"]],
                         [("Ground", "MESH"), ("Box", "MESH"), ("Sun", "LIGHT"), ("Eye", "CAMERA")])
        self.assertLessEqual({"Ground", "Box", "Sun", "Eye", "material:Stone", "collection:Props"},
                             set(made["changes"]["added"]))

        scene = self.client.do("get_scene_info", detail="full")
        self.assertEqual(scene["object_count"], 7)
        self.assertEqual(scene["counts"], {"CAMERA": 2, "LIGHT": 2, "MESH": 3})
        self.assertEqual(scene["camera"], "Eye")
        self.assertTrue(scene["dirty"])
        self.assertEqual(scene["generation"], made["generation"])
        ground = next(item for item in scene["objects"] if item["name"] == "Ground")
        self.assertVector(ground["dimensions"], [10, 10, 0])
        self.assertEqual(ground["materials"], ["Stone"])

        box = self.object("Box")
        self.assertVector(box["location"], [0, 0, 1])
        self.assertVector(box["rotation"], [0, 0, 45])
        self.assertEqual(box["collections"], ["Props"])

    def test_every_shape(self) -> None:
        made = self.client.do("create_objects", items=[{"kind": kind, "name": f"My {kind}"} for kind in SHAPES])
        self.assertEqual([item["type"] for item in made["created"]], ["MESH"] * len(SHAPES))

    def test_other_kinds(self) -> None:
        made = self.client.do("create_objects", items=[
            {"kind": "empty"},
            {"kind": "text", "text": {"body": "Grüße, 世界", "extrude": 0.1}},
            {"kind": "curve", "curve": {"points": [[0, 0, 0], [1, 1, 0], [2, 0, 0]], "bevel_depth": 0.1}},
            {"kind": "mesh", "mesh": {"vertices": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "faces": [[0, 1, 2]]}},
        ])
        self.assertEqual([item["type"] for item in made["created"]], ["EMPTY", "FONT", "CURVE", "MESH"])
        self.assertEqual(self.client.run("result = [o.data.body for o in D.objects if o.type == 'FONT']"),
                         ["Grüße, 世界"])

    def test_a_bad_item_makes_nothing(self) -> None:
        before = self.names()
        text = self.client.refuse("create_objects", items=[{"kind": "cube"}, {"kind": "cube", "parent": "Nobody"}])
        self.assertIn("items[1].parent", text)
        self.assertEqual(self.names(), before)

    def test_material(self) -> None:
        first = self.client.do("set_material", objects=["Cube"],
                               material={"name": "Gold", "base_color": [1, 0.8, 0.3], "metallic": 1, "roughness": 0.25,
                                         "emission_color": "#ff0000", "emission_strength": 0.5, "transmission": 0.1})
        self.assertTrue(first["material"]["created"])
        self.assertAlmostEqual(first["material"]["roughness"], 0.25)
        again = self.client.do("set_material", objects=["Cube"], material={"name": "Gold", "roughness": 0.75})
        self.assertFalse(again["material"]["created"])
        self.assertAlmostEqual(again["material"]["metallic"], 1)
        self.assertAlmostEqual(again["material"]["roughness"], 0.75)
        self.assertEqual(self.object("Cube")["materials"], ["Gold"])

    def test_update(self) -> None:
        changed = self.client.do("update_objects", items=[
            {"name": "Cube", "location": [1, 2, 3], "rotation": [10, 20, 30], "rename": "Die"},
            {"name": "Light", "parent": "Camera", "visible": False},
        ])
        self.assertEqual(changed["updated"], ["Die", "Light"])
        die = self.object("Die")
        self.assertVector(die["location"], [1, 2, 3])
        self.assertVector(die["rotation"], [10, 20, 30])
        light = self.object("Light")
        self.assertEqual((light["parent"], light["visible"]), ("Camera", False))

    def test_update_by_delta(self) -> None:
        for _ in range(2):
            self.client.do("update_objects", items=[{"name": "Cube", "location": [0, 0, 1], "scale": [2, 2, 2],
                                                     "delta": True}])
        self.assertVector(self.object("Cube")["location"], [0, 0, 2])
        self.assertVector(self.object("Cube")["scale"], [4, 4, 4])

    def test_an_unknown_name_changes_nothing_and_the_nearest_is_offered(self) -> None:
        for tool, arguments, field in [
            ("update_objects", {"items": [{"name": "Cube", "location": [9, 9, 9]}, {"name": "Cubes", "scale": [2, 2, 2]}]},
             "items[1].name"),
            ("delete_objects", {"names": ["Cube", "Cubes"]}, "names[1]"),
            ("set_material", {"objects": ["Cubes"], "material": {"name": "New"}}, "objects[0]"),
        ]:
            with self.subTest(tool):
                text = self.client.refuse(tool, **arguments)
                self.assertIn(field, text)
                self.assertIn("Cube", text.replace("Cubes", ""))
        self.assertVector(self.object("Cube")["location"], [0, 0, 0])
        self.assertFalse(self.client.do("get_scene_info")["dirty"])

    def test_delete(self) -> None:
        gone = self.client.do("delete_objects", names=["Cube"])
        self.assertEqual(gone["removed"], ["Cube"])
        self.assertEqual(self.names(), ["Camera", "Light"])
        self.assertEqual(self.client.run("result = len(D.meshes)"), 0)
        missing = self.client.do("get_object_info", names=["Light", "Cube"])
        self.assertEqual([item["name"] for item in missing["missing"]], ["Cube"])

    def test_delete_by_filter(self) -> None:
        self.client.do("create_objects", items=[{"kind": "cube", "name": f"Chair {index}"} for index in range(3)])
        gone = self.client.do("delete_objects", filter={"name": "Chair*"})
        self.assertEqual(gone["removed"], ["Chair 0", "Chair 1", "Chair 2"])

    def test_pages(self) -> None:
        self.client.do("create_objects", items=[{"kind": "empty", "name": f"E{index:03}"} for index in range(23)])
        seen, cursor = [], {}
        while True:
            page = self.client.do("get_scene_info", detail="objects", filter={"type": "EMPTY"}, limit=10, **cursor)
            self.assertEqual(page["matched"], 23)
            seen += [item["name"] for item in page["objects"]]
            if "next_cursor" not in page:
                break
            cursor = {"cursor": page["next_cursor"]}
        self.assertEqual(seen, [f"E{index:03}" for index in range(23)])

    def test_details(self) -> None:
        self.client.run("m = D.objects['Cube'].modifiers.new('Round', 'BEVEL')")
        cube = self.object("Cube", "mesh", "modifiers", "materials", "constraints", "animation", "custom_properties",
                           "children", "geometry_nodes")
        self.assertIn("Round", json.dumps(cube["modifiers"]))
        self.assertEqual(cube["mesh"]["vertices"], 8)

    def test_status_names_the_blender(self) -> None:
        status = self.client.do("get_blender_status")
        self.assertEqual(status["state"], "ready")
        self.assertEqual(status["blender"]["pid"], min(self.world.blenders()))


class ScriptTest(SharedDaemonTestCase):
    def test_output_result_and_changes(self) -> None:
        done = self.client.do("execute_blender_code", code="import sys\nprint('hello')\nprint('oh', file=sys.stderr)\n"
                              "D.objects['Cube'].location.x = 5\nD.objects.new('Extra', None)\n",
                              return_expression="[D.objects['Cube'].location.x, {'a': None}]")
        self.assertEqual(done["stdout"], "hello\n")
        self.assertEqual(done["stderr"], "oh\n")
        self.assertEqual(done["result"], [5, {"a": None}])
        self.assertIn("Extra", done["changes"]["added"])
        self.assertIn("location", done["changes"]["changed"]["Cube"])

    def test_failure(self) -> None:
        text = self.client.refuse("execute_blender_code", code="print('so far')\nD.objects['Cube'].location.x = 1\n"
                                  "def deep():\n    return nothing_here\ndeep()\n")
        for part in ["NameError", "line 4", "return nothing_here", "so far", "Cube (location)", "remain"]:
            self.assertIn(part, text)

    def test_a_failure_without_changes_says_so(self) -> None:
        self.assertIn("No change to the scene", self.client.refuse("execute_blender_code", code="1 / 0"))

    def test_syntax_error(self) -> None:
        text = self.client.refuse("execute_blender_code", code="x = 1\ny = = 2\n")
        self.assertIn("SyntaxError", text)
        self.assertIn("line 2", text)

    def test_a_script_cannot_end_blender(self) -> None:
        self.assertIn("SystemExit", self.client.refuse("execute_blender_code", code="import sys; sys.exit(3)"))
        self.assertEqual(self.client.run("result = 1"), 1)

    def test_session_namespace(self) -> None:
        self.client.do("execute_blender_code", code="kept = 41", namespace="session")
        done = self.client.do("execute_blender_code", code="result = kept + 1", namespace="session")
        self.assertEqual(done["result"], 42)
        self.assertIn("NameError", self.client.refuse("execute_blender_code", code="kept"))

    def test_time_limit(self) -> None:
        text = self.client.refuse("execute_blender_code", code="D.objects['Cube'].location.x = 1\nwhile True: pass",
                                  timeout_s=0.5)
        self.assertIn("0.5 s", text)
        self.assertIn("Cube (location)", text)
        self.assertEqual(self.client.run("result = 1"), 1)

    def test_printing_beside_python_does_not_reach_the_client(self) -> None:
        self.client.run("import os\nos.write(1, b'to fd 1\\n')\nos.write(2, b'to fd 2\\n')")
        self.assertEqual(self.client.impure, [])

    def test_what_is_no_json(self) -> None:
        done = self.client.do("execute_blender_code", code="result = [float('nan'), float('inf'), D.objects['Cube'], {1: 2}]")
        self.assertEqual(done["result"][:2], [None, None])

    def test_a_large_result(self) -> None:
        self.assertEqual(len(self.client.run("result = 'ü' * 5_000_000")), 5_000_000)

    def test_odd_text(self) -> None:
        text = 'quote " backslash \\ newline \n tab \t nul \0 emoji 🦉 line separator \u2028 del \x7f'
        self.assertEqual(self.client.run(f"result = {text!r}"), text)


class FileTest(SharedDaemonTestCase):
    def path(self, name: str) -> str:
        return str(self.world.folder / name)

    def test_save_open_and_new(self) -> None:
        path = self.path("first.blend")
        self.client.do("create_objects", items=[{"kind": "cube", "name": "Kept"}])
        saved = self.client.do("manage_file", action="save_as", path=path)
        self.assertEqual((saved["file"], saved["dirty"]), (path, False))
        self.assertEqual(saved["bytes"], Path(path).stat().st_size)
        new = self.client.do("manage_file", action="new", use_empty=True)
        self.assertEqual((new["file"], self.names()), ("", []))
        opened = self.client.do("manage_file", action="open", path=path)
        self.assertEqual(opened["file"], path)
        self.assertIn("Kept", self.names())

    def test_unsaved_changes_are_not_lost(self) -> None:
        path = self.path("second.blend")
        self.client.do("manage_file", action="save_as", path=path)
        self.client.do("update_objects", items=[{"name": "Cube", "location": [4, 0, 0]}])
        for arguments in [{"action": "new"}, {"action": "open", "path": path}]:
            text = self.client.refuse("manage_file", **arguments)
            self.assertIn("unsaved", text)
            self.assertIn("discard_changes", text)
        self.assertVector(self.object("Cube")["location"], [4, 0, 0])
        self.client.do("manage_file", action="save")
        self.client.do("manage_file", action="new")
        self.client.do("manage_file", action="open", path=path)
        self.assertVector(self.object("Cube")["location"], [4, 0, 0])
        self.client.do("delete_objects", names=["Cube"])
        self.client.do("manage_file", action="open", path=path, discard_changes=True)
        self.assertIn("Cube", self.names())

    def test_refusals(self) -> None:
        taken = self.path("taken.blend")
        Path(taken).write_bytes(b"precious")
        for arguments, part in [
            ({"action": "save"}, "save_as"),
            ({"action": "save_as"}, "path"),
            ({"action": "open"}, "path"),
            ({"action": "open", "path": self.path("none.blend")}, "none.blend"),
            ({"action": "open", "path": taken}, "taken.blend"),
            ({"action": "save_as", "path": "relative.blend"}, "path"),
            ({"action": "save_as", "path": self.path("not-a-blend.txt")}, "path"),
            ({"action": "save_as", "path": self.path("no/such/folder/x.blend")}, "path"),
            ({"action": "save_as", "path": taken}, "overwrite"),
        ]:
            with self.subTest(arguments):
                self.assertIn(part, self.client.refuse("manage_file", **arguments))
        self.assertEqual(Path(taken).read_bytes(), b"precious")
        self.client.do("manage_file", action="save_as", path=taken, overwrite=True)
        self.assertGreater(Path(taken).stat().st_size, 1000)
