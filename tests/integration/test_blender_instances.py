"""Several Blenders of one daemon: each its own scene, chosen by name or for the client's calls, and none takes another with it."""

from __future__ import annotations

import os
import signal

from client import Client, DaemonTestCase, Json, error_text
from world import wait_until


class InstancesTest(DaemonTestCase):
    def manage(self, client: Client, action: str, **arguments: object) -> Json:
        return client.do("manage_instances", action=action, **arguments)

    def names(self, client: Client, **where: str) -> list[str]:
        page = client.do("get_scene_info", detail="objects", **where)
        return sorted(one["name"] for one in page["objects"])

    def test_each_has_a_scene_of_its_own(self) -> None:
        client = self.start()
        started = self.manage(client, "start", name="variant")
        self.assertEqual([(one["name"], one["kind"], one["current"]) for one in started["instances"]],
                         [("main", "main", True), ("variant", "started", False)])
        client.do("create_objects", items=[{"kind": "cube", "name": "InMain"}])
        client.do("create_objects", instance="variant", items=[{"kind": "cube", "name": "InVariant"}])
        self.assertIn("InMain", self.names(client))
        self.assertNotIn("InVariant", self.names(client))
        self.assertIn("InVariant", self.names(client, instance="variant"))

        self.manage(client, "use", name="variant")
        self.assertIn("InVariant", self.names(client))
        client.do("history", action="undo")
        self.assertNotIn("InVariant", self.names(client))
        self.assertIn("InMain", self.names(client, instance="main"))
        read = client.result("resources/read", {"uri": "blender://variant/scene"})
        self.assertNotIn("InMain", read["contents"][0]["text"])

    def test_a_file_is_opened_and_not_lost(self) -> None:
        client = self.start()
        file = str(self.world.folder / "second.blend")
        client.do("create_objects", items=[{"kind": "cube", "name": "Saved"}])
        client.do("manage_file", action="save_as", path=file)
        self.manage(client, "start", name="second", blend_file=file)
        self.assertIn("Saved", self.names(client, instance="second"))
        client.do("create_objects", instance="second", items=[{"kind": "cube", "name": "More"}])
        refused = client.call("manage_instances", {"action": "stop", "name": "second"})
        self.assertIn("unsaved changes", error_text(refused))
        client.do("manage_file", instance="second", action="save")
        before = len(self.world.blenders())
        left = self.manage(client, "stop", name="second")
        self.assertEqual([one["name"] for one in left["instances"]], ["main"])
        wait_until(lambda: len(self.world.blenders()) == before - 1, "it did not end")
        unknown = client.call("get_scene_info", {"instance": "second"})
        self.assertIn("There are: main", error_text(unknown))

    def test_the_death_of_one_leaves_the_other_alone(self) -> None:
        client = self.start()
        client.do("create_objects", items=[{"kind": "cube", "name": "Kept"}])
        started = self.manage(client, "start", name="doomed")
        doomed = next(one["pid"] for one in started["instances"] if one["name"] == "doomed")
        os.kill(doomed, signal.SIGKILL)
        dead = client.call("create_objects", {"instance": "doomed", "items": [{"kind": "cube"}]})
        self.assertTrue(dead["isError"])
        self.assertIn("Kept", self.names(client))
        self.assertIn("Cube", self.names(client, instance="doomed"))  # it was started anew
