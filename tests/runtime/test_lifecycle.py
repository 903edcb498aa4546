"""How the runtime starts and how Blender ends."""

from __future__ import annotations

import os
import unittest
import uuid

from harness import PATIENCE_S, RUNTIME_HASH, Blender, Client


class LifecycleTest(unittest.TestCase):
    def start(self, **args: str) -> Blender:
        blender = Blender(**args)
        self.addCleanup(blender.stop)
        return blender

    def test_end_of_stdin_ends_blender_even_while_a_script_runs(self) -> None:
        blender = self.start()
        self.assertEqual(blender.ready["hello"]["runtime"], RUNTIME_HASH)
        client = Client(blender.port)
        self.addCleanup(client.close)
        client.start("execute_blender_code", {"code": "while True: pass"})
        client.call("ping")
        blender.process.stdin.close()
        self.assertEqual(blender.process.wait(PATIENCE_S), 0)

    def test_shutdown_of_an_idle_blender(self) -> None:
        blender = self.start()
        client = Client(blender.port)
        self.addCleanup(client.close)
        self.assertEqual(client.call("shutdown"), {})
        self.assertEqual(blender.process.wait(PATIENCE_S), 0)
        leftovers = [name for name in os.listdir(blender.folder) if name.startswith("blender_")]
        self.assertEqual(leftovers, [])

    def test_shutdown_of_a_busy_blender(self) -> None:
        blender = self.start()
        client = Client(blender.port)
        self.addCleanup(client.close)
        running = str(uuid.uuid4())
        client.start("execute_blender_code", {"code": "while True: pass"}, uuid=running)
        while client.call("outcome", uuid=running)["state"] != "running":
            pass
        queued = client.start("get_scene_info")
        shutdown = client.start("shutdown")
        self.assertTrue(client.reply(shutdown)[0]["ok"])
        self.assertEqual(client.reply(queued)[0]["error"]["kind"], "not_started")
        self.assertEqual(blender.process.wait(PATIENCE_S), 0)

    def test_a_file_on_the_command_line(self) -> None:
        first = self.start()
        path = str(first.folder / "start.blend")
        client = Client(first.port)
        self.addCleanup(client.close)
        client.call("create_objects", items=[{"kind": "empty", "name": "Marker"}])
        client.call("manage_file", action="save_as", path=path)
        second = self.start(blend_file=path)
        client = Client(second.port)
        self.addCleanup(client.close)
        status = client.call("status")
        self.assertEqual((status["file"], status["dirty"]), (path, False))
        self.assertEqual(client.call("get_object_info", names=["Marker"])["missing"], [])


if __name__ == "__main__":
    unittest.main()
