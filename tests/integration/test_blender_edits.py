"""duplicate_objects, set_modifiers and set_keyframes through the daemon: alone, as steps, and what errors tell."""

from __future__ import annotations

from client import DaemonTestCase


class EditsTest(DaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.client = self.start(env={"BLENDER_MCPD_TOOLS_SET": "full"})

    def test_a_ring_of_posts_that_turn(self) -> None:
        client = self.client
        client.do("create_objects", items=[{"kind": "cube", "name": "Pfosten", "location": [3, 0, 0]},
                                           {"kind": "cube", "name": "Kappe", "location": [3, 0, 1], "parent": "Pfosten"}])
        made = client.do("duplicate_objects", names=["Pfosten"], count=5, linked=True,
                         step={"rotation": [0, 0, 60], "pivot": [0, 0, 0]}, collection="Ring")
        self.assertEqual([len(one["names"]) for one in made["created"]], [5, 5])
        self.assertEqual(len(made["changes"]["added"]), 11)

        stack = client.do("set_modifiers", objects=["Pfosten", "Pfosten.003"], operations=[
            {"add": "BEVEL", "properties": {"width": 0.1, "segments": 2}}, {"add": "SUBSURF", "to": 0}])
        self.assertEqual([one["type"] for one in stack["objects"][1]["modifiers"]], ["SUBSURF", "BEVEL"])

        keys = client.do("set_keyframes", target="Pfosten", data_path="rotation", extrapolation="repeat", keys=[
            {"frame": 1, "value": [0, 0, 0], "interpolation": "linear"}, {"frame": 25, "value": [0, 0, 360]}])
        self.assertEqual([one["keyframes"] for one in keys["curves"]], [2, 2, 2])

        names = client.do("history", action="list")["undo"]
        self.assertEqual(len(names), 4)
        for _ in range(3):
            client.do("history", action="undo")
        self.assertEqual(client.do("get_scene_info")["object_count"], 5)

    def test_as_one_batch(self) -> None:
        steps = [
            {"tool": "duplicate_objects", "arguments": {"names": ["Cube"], "count": 3, "step": {"offset": [3, 0, 0]}}},
            {"tool": "set_modifiers", "arguments": {"objects": ["Cube.002"], "operations": [
                {"add": "SUBSURF", "name": "S"}, {"apply": "S"}]}},
            {"tool": "set_keyframes", "arguments": {"target": "Cube.003", "data_path": "location.z",
                                                    "keys": [{"frame": 1, "value": 0}, {"frame": 9, "value": 5}]}},
        ]
        done = self.client.do("batch", steps=steps)
        self.assertEqual(len(done["steps"]), 3)
        self.assertIn("Cube.002", done["changes"]["added"])
        steps[2]["arguments"]["data_path"] = "locatin.z"
        text = self.client.refuse("batch", steps=steps)
        for part in ("steps[2].arguments.data_path (set_keyframes)", "'location'", "rolled back", "Nothing was changed"):
            self.assertIn(part, text)
        self.assertEqual(self.client.do("get_scene_info")["object_count"], 6)

    def test_errors_tell_how_to_mend_the_call(self) -> None:
        for tool, arguments, parts in [
            ("duplicate_objects", {"names": ["Cub"]}, ["names[0]", "'Cube'"]),
            ("set_modifiers", {"objects": ["Cube"], "operations": [{"add": "BEVEL", "properties": {"widht": 1}}]},
             ["operations[0].properties.widht", "'width'", "segments"]),
            ("set_modifiers", {"objects": ["Cube"], "operations": [{"add": "BEVEL", "properties": {"segments": 0}}]},
             ["operations[0].properties.segments", "between 1 and"]),
            ("set_keyframes", {"target": "Cube", "data_path": "location", "keys": [{"frame": 1, "value": 3}]},
             ["keys[0].value", "list"]),
        ]:
            with self.subTest(tool, arguments=arguments):
                text = self.client.refuse(tool, **arguments)
                for part in (*parts, "Nothing was changed"):
                    self.assertIn(part, text)
        self.assertFalse(self.client.do("get_scene_info")["dirty"])
