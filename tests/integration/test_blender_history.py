"""Undo, redo and checkpoints, as a client uses them."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

from client import DaemonTestCase, Json, SharedDaemonTestCase

SCENE = "blender://default/scene"


class HistoryTest(SharedDaemonTestCase):
    def setUp(self) -> None:
        super().setUp()
        for kept in self.history("list")["checkpoints"]:
            self.history("drop", name=kept["name"])

    def history(self, action: str, **arguments: Any) -> Json:
        return self.client.do("history", action=action, **arguments)

    def refused(self, *parts: str, **arguments: Any) -> None:
        text = self.client.refuse("history", **arguments)
        for part in parts:
            self.assertIn(part, text)

    def build(self) -> None:
        self.client.do("create_objects", items=[{"kind": "sphere", "name": "Ball", "location": [1, 2, 3]}])

    def test_build_checkpoint_change_restore(self) -> None:
        path = str(self.world.home / "kept.blend")
        self.client.do("manage_file", action="save_as", path=path)
        on_disk = Path(path).read_bytes()
        self.build()
        made = self.history("checkpoint", name="with ball")
        self.assertEqual((made["checkpoint"]["file"], made["dropped"]), (path, []))
        self.client.do("delete_objects", filter={"name": "*"})
        self.assertEqual(self.names(), [])
        restored = self.history("restore", name="with ball")
        self.assertEqual((restored["file"], restored["dirty"]), (path, True))
        self.assertVector(self.object("Ball")["location"], [1, 2, 3])
        scene = self.client.do("get_scene_info")
        self.assertEqual((scene["generation"], scene["dirty"]), (restored["generation"], True))
        self.assertGreater(restored["generation"], made["generation"])
        self.assertEqual(Path(path).read_bytes(), on_disk)
        self.assertEqual([file.name for file in self.world.home.glob("*.blend*")], ["kept.blend"])
        self.client.do("manage_file", action="save")
        self.client.do("manage_file", action="open", path=path)
        self.assertIn("Ball", self.names())

    def test_undo_and_redo(self) -> None:
        self.build()
        self.client.do("update_objects", items=[{"name": "Ball", "location": [9, 0, 0]}])
        self.client.run("D.objects['Ball'].scale.x = 5")
        self.assertEqual(self.history("list")["undo"], ["Script", "Update Ball", "Create Ball"])
        done = self.history("undo", steps=2)
        self.assertEqual((done["steps"], done["redo"]), (["Script", "Update Ball"], ["Update Ball", "Script"]))
        self.assertVector(self.object("Ball")["location"], [1, 2, 3])
        self.assertEqual(self.history("undo")["changes"]["removed"], ["Ball"])
        self.assertNotIn("Ball", self.names())
        self.history("redo", steps=3)
        self.assertVector(self.object("Ball")["scale"], [5, 1, 1])

    def test_a_failed_call_leaves_nothing_to_redo(self) -> None:
        self.build()
        self.client.refuse("update_objects", items=[{"name": "Ball", "location": [9, 0, 0]},
                                                    {"name": "Cube", "look_at": [0, 0, 0]}])
        self.refused("nothing that can be redone", action="redo")
        self.assertVector(self.object("Ball")["location"], [1, 2, 3])

    def test_refusals(self) -> None:
        self.history("checkpoint", name="lights")
        self.refused("nothing that can be undone", "checkpoint", "Nothing was changed", action="undo")
        self.build()
        self.refused("Of 9 steps only 1", action="undo", steps=9)
        self.refused("Nearest: 'lights'", action="restore", name="light")
        self.refused("already", "drop", action="checkpoint", name="lights")
        self.refused("before restore", action="checkpoint", name="before restore")
        self.refused("name is missing", action="drop")
        self.refused("steps", action="undo", steps=51)
        self.refused("name", action="checkpoint", name="x" * 256)
        self.assertIn("Ball", self.names())

    def test_the_last_twenty_are_kept(self) -> None:
        told = [self.history("checkpoint", name=f"c{number}")["dropped"] for number in range(22)]
        self.assertEqual(told, [[]] * 20 + [["c0"], ["c1"]])
        listed = self.history("list")["checkpoints"]
        self.assertEqual([kept["name"] for kept in listed], [f"c{number}" for number in range(21, 1, -1)])
        self.assertTrue(all(kept["bytes"] > 1000 for kept in listed))

    def test_subscribers_hear_of_an_undo_and_of_a_restore(self) -> None:
        self.build()
        self.history("checkpoint", name="a")
        self.client.result("resources/subscribe", {"uri": SCENE})
        for arguments in ({"action": "undo"}, {"action": "restore", "name": "a"}):
            with self.subTest(arguments):
                self.client.do("history", **arguments)
                self.client.take(lambda message: message.get("method") == "notifications/resources/updated"
                                 and message["params"]["uri"] == SCENE, "update of the scene")


class PlaceTest(DaemonTestCase):
    def test_checkpoints_live_and_go_with_their_blender(self) -> None:
        client = self.start()
        client.do("history", action="checkpoint", name="a")
        folders = [self.world.temporary / name for name in self.world.private_folders()]
        self.assertEqual([path.name for folder in folders for path in folder.glob("checkpoints/*")], ["1.blend"])
        client.close_input()
        self.assertEqual(client.wait(), 0)
        self.assertEqual(self.world.private_folders(), [])


if __name__ == "__main__":
    unittest.main()
