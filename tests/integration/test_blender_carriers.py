"""The same tools over every way to a Blender: one of our own, a user's with our add-on, a user's with somebody else's."""

from __future__ import annotations

import os
import signal
import unittest
from pathlib import Path
from typing import Any

from client import Client, Json, error_text
from foreign_blenders import LabBlender, LabInBackground, OwnAddonBlender, SeedPeer, Tunnel
from test_blender_addon import ADDON, UsersBlender, addon_file
from virtual_display import Display
from world import Signal, World, wait_until

class PlainSuite:
    """What every tool call goes through, whatever carries it. The cases below give `world`, and a client."""

    world: World
    client: Client

    def setUp(self) -> None:
        self.client.do("manage_file", action="new", discard_changes=True)

    def objects(self) -> list[str]:
        return sorted(one["name"] for one in self.client.do("get_scene_info", detail="objects")["objects"])

    def test_it_is_looked_at(self) -> None:
        self.assertEqual(self.objects(), ["Camera", "Cube", "Light"])
        told = self.client.do("get_object_info", names=["Cube"], include=["mesh"])["objects"][0]
        self.assertEqual(told["mesh"]["polygons"], 6)
        self.assertEqual(self.client.do("inspect_data", path="bpy.data.objects['Cube'].location")["value"], [0, 0, 0])
        self.assertEqual(self.client.do("lookup_api", query="mesh.bevel")["kind"], "operator")

    def test_it_is_edited_and_the_edits_are_undone(self) -> None:
        made = self.client.do("create_objects", items=[{"kind": "cube", "name": "Mine", "location": [1, 2, 3]}])
        self.assertEqual(made["changes"]["added"], ["Mine"])
        self.client.do("update_objects", items=[{"name": "Mine", "location": [4, 5, 6]}])
        self.client.do("set_material", objects=["Mine"], material={"name": "Red", "base_color": [1, 0, 0]})
        self.client.do("set_modifiers", objects=["Mine"], operations=[{"add": "BEVEL", "properties": {"width": 0.1}}])
        self.client.do("duplicate_objects", names=["Mine"], count=2)
        self.assertEqual(len(self.objects()), 6)
        self.client.do("history", action="undo", steps=2)
        self.assertEqual(self.client.do("get_object_info", names=["Mine"], include=["modifiers"])["objects"][0]["modifiers"], [])
        self.client.do("delete_objects", names=["Mine"])
        self.assertEqual(self.objects(), ["Camera", "Cube", "Light"])

    def test_a_batch_is_all_or_none(self) -> None:
        before = self.objects()
        text = self.client.refuse("batch", steps=[
            {"tool": "create_objects", "arguments": {"items": [{"kind": "cube", "name": "Gone"}]}},
            {"tool": "update_objects", "arguments": {"items": [{"name": "Nobody", "location": [0, 0, 0]}]}}])
        self.assertIn("steps[1]", text)
        self.assertEqual(self.objects(), before)

    def test_a_file_is_saved_and_opened(self) -> None:
        path = str(self.world.folder / "saved.blend")
        self.client.do("create_objects", items=[{"kind": "cube", "name": "Saved"}])
        self.client.do("manage_file", action="save_as", path=path, overwrite=True)
        self.client.do("manage_file", action="new")
        self.assertEqual(self.client.do("manage_file", action="open", path=path)["file"], path)
        self.assertIn("Saved", self.objects())

    def test_large_results_come_whole(self) -> None:
        self.assertEqual(self.client.run("result = 'x' * 3_000_000"), "x" * 3_000_000)


class Suite(PlainSuite):
    """And what needs our own wire."""

    def start_script(self, before: str, code: str) -> Any:
        """Returns when `before` is done and `code` runs."""
        begun = Signal(self.world, f"signal-{self.id()}")
        self.addCleanup(begun.close)
        call = self.client.start_call("execute_blender_code", {"code": before + begun.code + code})
        begun.wait()
        return call

    def test_scripts_return_print_and_fail(self) -> None:
        done = self.client.do("execute_blender_code", code="print('said'); result = {'ä': [1, 2.5, None]}")
        self.assertEqual((done["stdout"], done["result"]), ("said\n", {"ä": [1, 2.5, None]}))
        text = self.client.refuse("execute_blender_code", code="x = 1\nraise ValueError('no')")
        self.assertIn("ValueError: no", text)
        self.assertIn("line 2", text)
        self.assertIn("SystemExit", self.client.refuse("execute_blender_code", code="raise SystemExit(3)"))
        self.assertEqual(self.client.run("result = 'still here'"), "still here")

    def test_a_script_without_an_end_is_cancelled(self) -> None:
        call = self.start_script("D.objects['Cube'].location.x = 7\n", "while True: pass")
        self.client.notify("notifications/cancelled", {"requestId": call})
        wait_until(lambda: self.client.do("get_blender_status")["state"] == "ready", "it is not ended")
        self.assertEqual(self.client.run("result = D.objects['Cube'].location.x"), 7)
        result = self.client.call("execute_blender_code", {"code": "while True: pass", "timeout_s": 3})
        self.assertRegex(error_text(result), r"deadline of 3(\.0)? s")

    def test_pictures_come_by_value(self) -> None:
        for tool, arguments in (("get_viewport_screenshot", {"max_size": 128}),
                                ("render", {"engine": "workbench", "resolution": [64, 48]})):
            with self.subTest(tool):
                result = self.client.call(tool, arguments)
                self.assertEqual([block["type"] for block in result["content"] if block["type"] == "image"], ["image"])


class CarrierTestCase(unittest.TestCase):
    maxDiff = None
    world: World
    client: Client

    @classmethod
    def set_up(cls, **env: str) -> None:
        cls.client = Client(cls.world, env=env)
        cls.addClassCleanup(cls.client.close)
        cls.client.initialize()

    def endpoint(self) -> Json:
        return self.client.do("get_blender_status")["endpoint"]


class SpawnedTest(Suite, CarrierTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.set_up()


class OwnAddonTest(Suite, CarrierTestCase):
    blender: OwnAddonBlender
    other_version = False

    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        display = Display()
        cls.addClassCleanup(display.stop)
        cls.blender = OwnAddonBlender(display, str(cls.world.folder), cls.other_version)
        cls.addClassCleanup(lambda: cls.blender.stop())
        wait_until(lambda: list(cls.world.folder.glob("blender-mcpd/blenders/*.json")), "it is not found")
        cls.set_up()

    def test_it_is_the_users_blender(self) -> None:
        status = self.client.do("get_blender_status")
        self.assertEqual(status["blender"]["pid"], self.blender.process.pid)
        self.assertEqual([(one["name"], one["current"]) for one in status["instances"]],
                         [("main", False), (f"addon-{self.blender.process.pid}", True)])
        self.assertIn("its user's Blender",
                      self.client.refuse("manage_instances", action="stop", name=f"addon-{self.blender.process.pid}"))


class OtherVersionTest(OwnAddonTest):
    """The daemon brings its own runtime, beside that of the add-on."""

    other_version = True

    def test_the_runtime_is_the_daemons(self) -> None:
        guests = self.client.run("import sys; result = [name for name in sys.modules "
                                 "if name.startswith('blender_mcpd_runtime_') and name.endswith('.guest')]")
        self.assertEqual(len(guests), 2)
        self.assertIn(f"blender_mcpd_runtime_{16 * 'e'}.guest", guests)
        self.assertEqual(self.endpoint()["carrier"], "native")


class AhujasidTest(Suite, CarrierTestCase):
    """Found out by the daemon itself, on the port of the configuration."""

    blender: UsersBlender

    @classmethod
    def addon(cls) -> Path:
        return addon_file(*ADDON)

    @classmethod
    def setUpClass(cls) -> None:
        addon = cls.addon()
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        display = Display()
        cls.addClassCleanup(display.stop)
        cls.blender = UsersBlender(display, addon)
        cls.addClassCleanup(lambda: cls.blender.stop())
        cls.world.port = cls.blender.port
        cls.set_up()

    def test_it_is_the_users_blender(self) -> None:
        endpoint = self.endpoint()
        self.assertEqual((endpoint["family"], endpoint["carrier"]), ("ahujasid", "native"))
        self.assertEqual(self.client.do("get_blender_status")["blender"]["pid"], self.blender.process.pid)


class TunnelTest(PlainSuite, CarrierTestCase):
    """All that is called goes through the add-on."""

    @classmethod
    def setUpClass(cls) -> None:
        addon = addon_file(*ADDON)
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        display = Display()
        cls.addClassCleanup(display.stop)
        blender = UsersBlender(display, addon)
        cls.addClassCleanup(blender.stop)
        tunnel = Tunnel(blender.port)
        cls.addClassCleanup(tunnel.close)
        cls.world.port = tunnel.port
        cls.set_up()

    def test_it_is_said(self) -> None:
        endpoint = self.endpoint()
        self.assertEqual((endpoint["family"], endpoint["carrier"]), ("ahujasid", "ahujasid"))
        self.assertIn("calls go through the add-on", endpoint["bootstrap"])

    def test_a_script_ends_at_its_deadline(self) -> None:
        text = self.client.refuse("execute_blender_code", code="while True: pass", timeout_s=3)
        self.assertRegex(text, r"deadline of 3(\.0)? s")

    def test_a_picture_comes_by_value(self) -> None:
        result = self.client.call("get_viewport_screenshot", {"max_size": 128})
        self.assertIn("image", [block["type"] for block in result["content"]])


class NewAhujasidTest(AhujasidTest):
    @classmethod
    def addon(cls) -> Path:
        return addon_file("mcp-for-blender", "2.2.4")


class OldAhujasidTest(AhujasidTest):
    """Of a time when it had no `ping`; in no package registry."""

    @classmethod
    def addon(cls) -> Path:
        addon = os.environ.get("OLD_AHUJASID_ADDON")
        if not addon:
            raise unittest.SkipTest("OLD_AHUJASID_ADDON is not set: addon.py of ahujasid/blender-mcp before 1.6")
        return Path(addon)


class LabTest(Suite, CarrierTestCase):
    """No package registry has that add-on."""

    @classmethod
    def setUpClass(cls) -> None:
        addon = os.environ.get("LAB_ADDON")
        if not addon:
            raise unittest.SkipTest("LAB_ADDON is not set: the folder blender_mcp_addon of the Blender Lab's add-on")
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        display = Display()
        cls.addClassCleanup(display.stop)
        blender = LabBlender(display, addon)
        cls.addClassCleanup(blender.stop)
        cls.world.port = blender.port
        cls.set_up()

    def test_it_is_the_labs(self) -> None:
        self.assertEqual((self.endpoint()["family"], self.endpoint()["carrier"]), ("lab", "native"))


class LabInBackgroundTest(Suite, CarrierTestCase):
    """It keeps the main thread: what is called goes through it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        blender = LabInBackground(os.environ.get("LAB_ADDON"))
        cls.addClassCleanup(blender.stop)
        cls.world.port = blender.port
        cls.set_up()

    def test_it_is_the_labs(self) -> None:
        self.assertEqual((self.endpoint()["family"], self.endpoint()["carrier"]), ("lab", "lab"))


class SeedTest(PlainSuite, CarrierTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        peer = SeedPeer()
        cls.addClassCleanup(peer.stop)
        cls.world.port = peer.server_address[1]
        cls.set_up(BLENDER_MCPD_BLENDER_DIALECT="seed")


class AppearingTest(unittest.TestCase):
    """A Blender of the user's that opens while a headless one runs."""

    def test_it_is_used_while_nothing_was_changed_and_its_end_is_told(self) -> None:
        world = World()
        self.addCleanup(world.close)
        client = Client(world)
        self.addCleanup(client.close)
        client.initialize()
        client.do("get_scene_info")
        headless = client.do("get_blender_status")["blender"]["pid"]
        display = Display()
        self.addCleanup(display.stop)
        blender = OwnAddonBlender(display, str(world.folder))
        self.addCleanup(blender.stop)
        wait_until(lambda: client.do("get_blender_status")["blender"]["pid"] == blender.process.pid, "it is not used")
        client.do("create_objects", items=[{"kind": "cube", "name": "InTheWindow"}])
        os.kill(blender.process.pid, signal.SIGKILL)
        blender.process.wait()
        wait_until(lambda: len(client.do("manage_instances", action="list")["instances"]) == 1, "it is still listed")
        text = client.refuse("get_scene_info")
        self.assertIn(f"addon-{blender.process.pid}", text)
        self.assertIn("Nothing was done", text)
        self.assertEqual(client.do("get_scene_info")["object_count"], 3)
        self.assertEqual(client.do("get_blender_status")["blender"]["pid"], headless)
